import { z } from 'zod';
import { APPROVAL_STATES, APPROVERS, type ApprovalRecord, type ApprovalState, type Vote } from './record.ts';
import type { NewRecord } from './store.ts';

/** A text that is JSON of this schema. */
function json<T extends z.ZodType>(schema: T) {
  return z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

const Milliseconds = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

const StoredVote = json(
  z.object({
    person: z.string().min(1),
    name: z.string(),
    decision: z.enum(['approve', 'decline']),
    reason: z.string(),
    at: z.number(),
    authTime: z.number(),
    acr: z.string().exactOptional(),
    mac: z.string(),
  }),
);

/** What no script reads. */
const Shown = json(
  z.object({
    name: z.string(),
    client: z.string(),
    tool: z.string(),
    summary: z.string(),
    project: z.string(),
    target: z.string(),
    targetType: z.enum(['CMK', 'service']),
    args: z.record(z.string(), z.unknown()),
    details: z.record(z.string(), z.string()),
  }),
);

/** The fields of a record's hash beside its votes, which are under `vote:1`, `vote:2` and so on. */
const StoredRecord = z.object({
  shown: Shown,
  requester: z.string().min(1),
  person: z.string().min(1).exactOptional(),
  plan: z.string().min(1),
  operation: z.string().min(1),
  who: z.enum(APPROVERS),
  needed: z
    .string()
    .regex(/^[1-5]$/)
    .transform(Number),
  createdAt: Milliseconds,
  expiresAt: Milliseconds,
  usableUntil: Milliseconds.exactOptional(),
  usedBy: z.string().exactOptional(),
});

/** Returns the fields of a new record as names and values; the script that stores it adds its state and its times. */
export function encodeRecord({ requester, plan, operation, rule, ...record }: NewRecord): string[] {
  const { tool, args, summary, project, target, targetType, details } = record;
  const { name, client } = requester;
  const fields = {
    shown: JSON.stringify({ name, client, tool, args, summary, project, target, targetType, details }),
    requester: requester.id,
    ...(requester.person !== undefined && { person: requester.person }),
    plan,
    operation,
    who: rule.who,
    needed: String(rule.needed),
  };
  return Object.entries(fields).flat();
}

/**
 * Returns the record of a hash, or nothing where it is not one that a store of ours can have written.
 * @param state As the script that read it judged it by the clock of the store.
 */
export function decodeRecord(id: string, state: string, fields: readonly string[]): ApprovalRecord | undefined {
  const hash = new Map<string, string>();
  for (let at = 0; at < fields.length; at += 2) hash.set(fields[at] ?? '', fields[at + 1] ?? '');
  const { data } = StoredRecord.safeParse(Object.fromEntries(hash));
  const votes = readVotes(hash);
  const known = APPROVAL_STATES.find((each) => each === state);
  if (!data || !votes || !known) return undefined;
  const { shown, requester, person, who, needed, ...rest } = data;
  const { name, client, ...about } = shown;
  const by = { id: requester, name, client, ...(person !== undefined && { person }) };
  const record = { id, state: known, requester: by, ...about, ...rest, rule: { who, needed }, votes };
  return isConsistent(record) ? record : undefined;
}

function readVotes(hash: ReadonlyMap<string, string>): Vote[] | undefined {
  const texts = Array.from({ length: hash.size }, (_, at) => hash.get(`vote:${at + 1}`)).filter(
    (text) => text !== undefined,
  );
  return z.array(StoredVote).safeParse(texts).data;
}

/** Whether a record's state and votes are such as transitions lead to. */
function isConsistent({ state, votes, rule, requester, usableUntil, usedBy }: ApprovalRecord): boolean {
  const people = new Set(votes.map(({ person }) => person));
  const own = people.has(requester.id) || (requester.person !== undefined && people.has(requester.person));
  const approvals = votes.filter(({ decision }) => decision === 'approve').length;
  const approved = approvals >= rule.needed && approvals === votes.length && usableUntil !== undefined;
  const fits: Partial<Record<ApprovalState, boolean>> = {
    pending: approvals === votes.length && approvals < rule.needed && usableUntil === undefined,
    approved,
    used: approved && usedBy !== undefined,
    declined: approvals < votes.length,
  };
  return people.size === votes.length && !(rule.who === 'other' && own) && fits[state] !== false;
}
