// Loaded only for the command.
import { isSegment, SEGMENT_RULE } from '../../aiven/path.ts';
import { ANONYMOUS } from '../../core/caller.ts';
import type { AccessCaller, AccessRequest } from '../../guard/access-policy/access-policy.ts';
import { operationOf, SCOPES } from '../../guard/scopes.ts';
import { TOOL_DEFINITIONS } from '../../tools/catalog.ts';
import { invalidSetting, quote } from './invalid-setting.ts';
import { suggestion } from './nearest.ts';

type Flags = ReadonlyMap<string, readonly string[]>;

/** The command that checks a policy, and explains what it says about a request, if one is given. */
export interface PolicyCommand {
  readonly kind: 'policy';
  readonly file: string;
  readonly request?: AccessRequest;
}

const FLAGS = ['as', 'tool', 'project', 'claim', 'scope'];

/** Reads the command. @throws CmkError `invalid_settings` */
export function readPolicyCommand([check, file]: readonly string[], flags: Flags): PolicyCommand {
  if (check !== 'check' || file === undefined) {
    const fact = check === undefined || check === 'check' ? 'lacks a file' : `has no ${quote(check)}`;
    throw invalidSetting('policy', fact, 'write policy check FILE');
  }
  const foreign = [...flags.keys()].find((name) => !FLAGS.includes(name));
  if (foreign) throw invalidSetting(`--${foreign}`, 'is given with policy', 'it goes with other commands');
  if (flags.size === 0) return { kind: 'policy', file };
  const [as, tool, project] = ['as', 'tool', 'project'].map((name) => only(flags, name));
  if (as === undefined || tool === undefined || project === undefined) {
    throw invalidSetting('policy check', 'lacks a part of the request', 'give --as, --tool and --project together');
  }
  if (!isSegment(project)) throw invalidSetting('--project', `is ${quote(project)}`, `it takes ${SEGMENT_RULE}`);
  const definition = TOOL_DEFINITIONS.find(({ name }) => name === tool);
  if (!definition) {
    const names = TOOL_DEFINITIONS.map(({ name }) => name);
    const hint = suggestion(tool, names, undefined, `it takes ${names.join(', ')}`);
    throw invalidSetting('--tool', `is ${quote(tool)}`, hint);
  }
  const request = { caller: readCaller(as, flags), tool, operation: operationOf(definition), project };
  return { kind: 'policy', file, request };
}

function only(flags: Flags, name: string): string | undefined {
  const [value, ...more] = flags.get(name) ?? [];
  if (more.length > 0) throw invalidSetting(`--${name}`, 'is given more than once', 'give it once');
  return value;
}

function readCaller(as: string, flags: Flags): AccessCaller {
  const { kind, name } = /^(?<kind>subject|token):(?<name>.{1,255})$/u.exec(as)?.groups ?? {};
  const claims = readClaims(flags.get('claim') ?? []);
  const given = flags.get('scope') ?? [];
  const unknown = given.find((scope) => !SCOPES.some((known) => known === scope));
  if (unknown !== undefined) throw invalidSetting('--scope', `is ${quote(unknown)}`, `it takes ${SCOPES.join(', ')}`);
  if (kind !== 'subject' && flags.has('claim')) {
    throw invalidSetting('--claim', 'is given for who has no access token', 'it goes with --as subject:NAME');
  }
  if (name !== undefined) {
    const scopes = given.length > 0 ? given : SCOPES;
    return kind === 'subject' ? { id: as, name, issuer: 'any', scopes, claims } : { id: as, name, scopes };
  }
  if (as !== ANONYMOUS) {
    throw invalidSetting('--as', `is ${quote(as)}`, `it takes subject:NAME, token:NAME or ${ANONYMOUS}`);
  }
  if (given.length > 0) throw invalidSetting('--scope', 'is given for who did not sign in', 'leave it out');
  return { id: ANONYMOUS, name: ANONYMOUS };
}

function readClaims(texts: readonly string[]): Record<string, readonly string[]> {
  const claims = new Map<string, string[]>();
  for (const text of texts) {
    const { name, value } = /^(?<name>[^=]+)=(?<value>.+)$/u.exec(text)?.groups ?? {};
    if (name === undefined || value === undefined) {
      throw invalidSetting('--claim', `is ${quote(text)}`, 'it takes NAME=VALUE, once for each value of a list');
    }
    claims.set(name, [...(claims.get(name) ?? []), value]);
  }
  return Object.fromEntries(claims);
}
