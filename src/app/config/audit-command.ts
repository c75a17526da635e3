// Loaded only for `audit verify`.
import type { Secret } from '../../core/secret.ts';
import { readText } from './files.ts';
import { type Environment, invalidSetting, quote, read } from './invalid-setting.ts';
import { readSigningKey } from './secrets.ts';

/** What `audit verify` was asked to do. */
export interface AuditVerification {
  /** From the oldest to the newest. */
  readonly files: readonly string[];
  /** The signing keys of the log; none if signatures are not to be checked. */
  readonly keys: readonly Secret[];
  readonly expected: readonly { readonly seq: number; readonly hash: string }[];
  /** Whether files before these are missing on purpose. */
  readonly isPartial: boolean;
  readonly json: boolean;
}

/** The flags of the command. */
const FLAGS = ['key-file', 'expect', 'partial', 'json'];

const KEY_VARIABLE = 'AIVEN_CMK_SIGNING_KEY_FILE';

/** Reads the words and flags of `audit`, and the key of the server's variable if none is given. @throws CmkError `invalid_settings` */
export function readAuditCommand(
  [verb, ...files]: readonly string[],
  flags: ReadonlyMap<string, readonly string[]>,
  environment: Environment,
): AuditVerification {
  if (verb !== 'verify') {
    const fact = verb === undefined ? 'lacks what to do' : `is given ${quote(verb)}`;
    throw invalidSetting('audit', fact, 'write audit verify FILE...');
  }
  if (files.length === 0)
    throw invalidSetting('audit verify', 'lacks a file', 'write audit verify FILE..., the oldest first');
  for (const flag of flags.keys()) {
    if (!FLAGS.includes(flag)) throw invalidSetting(`--${flag}`, 'is given with audit', 'it goes with serving alone');
  }
  const inherited = read(environment, KEY_VARIABLE);
  const keyFiles = flags.get('key-file')?.map((file) => ['--key-file', file] as const);
  const given = keyFiles ?? (inherited === undefined ? [] : [[KEY_VARIABLE, inherited] as const]);
  return {
    files,
    keys: given.map(([name, file]) => readSigningKey(readText(name, file), name)),
    expected: (flags.get('expect') ?? []).map(readExpected),
    isPartial: flags.has('partial'),
    json: flags.has('json'),
  };
}

function readExpected(text: string): { seq: number; hash: string } {
  const [, seq, hash] = /^([1-9]\d{0,14}):([\w-]{43})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined) {
    throw invalidSetting('--expect', `is ${quote(text)}`, 'it takes SEQ:HASH, as an earlier verification printed it');
  }
  return { seq: Number(seq), hash };
}
