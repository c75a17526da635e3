import { createHash } from 'node:crypto';
import type { ApprovalRecord, ApprovalRule } from './record.ts';

/** What is asked for: a tool with its arguments, whatever the facts are. */
export interface Operation {
  readonly tool: string;
  readonly project: string;
  /** The call's arguments as its tool takes them, defaults included. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** What an approval is good for: one write, with the facts that were shown. */
export interface Plan extends Operation {
  /** What the person is shown, by label. */
  readonly details: Readonly<Record<string, string>>;
  /** The policy that allowed the call, by its digest, and the approval that it then took; absent where there is no policy. */
  readonly policy?: { readonly digest: string; readonly rule: ApprovalRule } | undefined;
}

/** Returns the SHA-256 of an operation in canonical form: calls that differ in their facts alone have the same. */
export function operationOf({ tool, project, args }: Operation): string {
  return sha256({ tool, project, args });
}

/** Returns the SHA-256 of a plan in canonical form: the order in which members were written does not count. */
export function digestOf({ tool, project, args, details, policy }: Plan): string {
  return sha256({ tool, project, args, details, policy });
}

/** Returns the SHA-256 of what a page shows of a request, apart from its state, its votes and its times. */
export function shownDigestOf(record: ApprovalRecord): string {
  const { id, tool, project, args, summary, target, targetType, details, plan, requester, rule } = record;
  return sha256({ id, tool, project, args, summary, target, targetType, details, plan, requester, rule });
}

function sha256(value: object): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(value)))
    .digest('base64url');
}

/** A JSON value in which every object lists its members by name, and has none that is undefined. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  // Pairs, not an object: an object would put names that look like numbers first.
  return members.sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, member]) => [name, canonical(member)]);
}
