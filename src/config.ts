import { closeSync, openSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CmkError } from './errors.ts';
import { Secret } from './secret.ts';
import { SETTINGS, type Setting } from './settings.ts';

/** Validated settings of one process. */
export type Config = { readonly [Name in keyof typeof SETTINGS]: (typeof SETTINGS)[Name]['fallback'] } & {
  /** The Aiven API token; absent with `sandbox`, and only there. */
  readonly token: Secret | undefined;
};

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'serve'; readonly config: Config };

type Environment = Readonly<Record<string, string | undefined>>;

const ROWS: readonly (readonly [string, Setting<unknown>])[] = Object.entries(SETTINGS);

/** Flags that ask for something else than to serve. */
const REQUESTS = { help: 'print this text (-h)', version: 'print the version' } as const;

const TOKEN_VARIABLES = {
  AIVEN_TOKEN: 'Aiven API token',
  AIVEN_TOKEN_FILE: 'file that holds the token, for secret mounts; instead of AIVEN_TOKEN',
} as const;

/** The text of `--help`. */
export function usage(): string {
  const flags = ROWS.flatMap(([, { flag, value, help }]) =>
    flag ? [[`--${flag}${value ? ` ${value}` : ''}`, help]] : [],
  );
  const requests = Object.entries(REQUESTS).map(([name, help]) => [`--${name}`, help]);
  const variables = ROWS.flatMap(([, { variable, flag, help, fallback }]) => {
    if (!variable) return [];
    return [[variable, flag ? `as --${flag}` : `${help}${fallback ? `; default ${fallback}` : ''}`]];
  });
  const table = (rows: (string | undefined)[][]) => rows.map(([name = '', help]) => `  ${name.padEnd(31)}${help}`);
  return [
    'Usage: aiven-cmk-mcp [options]',
    '',
    'An MCP server (stdio) for Aiven customer managed keys (CMK).',
    '',
    'Options:',
    ...table([...flags, ...requests]),
    '',
    'Environment:',
    ...table([...Object.entries(TOKEN_VARIABLES), ...variables]),
  ].join('\n');
}

/**
 * Reads the command line and the environment. A flag goes before its variable.
 * @throws CmkError `invalid_settings` that names the setting and what it accepts.
 */
export function readCommand(argv: readonly string[], environment: Environment): Command {
  const flags = readFlags(argv);
  if (flags.has('help')) return { kind: 'help' };
  if (flags.has('version')) return { kind: 'version' };
  refuseUnknownVariables(environment);
  const values = ROWS.map(([name, setting]) => [name, readSetting(setting, flags, environment)] as const);
  const settings = Object.fromEntries(values) as Omit<Config, 'token'>; // Each row's parse gives its own type.
  if (settings.auditFile !== undefined) checkAuditFile(settings.auditFile);
  const token = settings.sandbox ? undefined : readToken(environment);
  return { kind: 'serve', config: { ...settings, token } };
}

function readSetting(
  setting: Setting<unknown>,
  flags: ReadonlyMap<string, string[]>,
  environment: Environment,
): unknown {
  const { flag = '', variable = '', accepts, fallback } = setting;
  const given = flags.get(flag);
  const text = given ? undefined : read(environment, variable);
  const texts = given ?? (text === undefined ? [] : [text]);
  if (texts.length === 0) return fallback;
  const value = setting.parse(texts);
  if (value === undefined)
    throw refuse(given ? `--${flag}` : variable, `is ${quote(texts.join(','))}`, `it takes ${accepts}`);
  return value;
}

/** The flags given, each with its values; one that takes none has the value `true`. */
function readFlags(argv: readonly string[]): Map<string, string[]> {
  const takesValue = new Map([
    ...Object.keys(REQUESTS).map((name) => [name, false] as const),
    ...ROWS.flatMap(([, { flag, value }]) => (flag ? [[flag, value !== undefined] as const] : [])),
  ]);
  const known = `options are ${[...takesValue.keys()].map((name) => `--${name}`).join(', ')}`;
  const options = Object.fromEntries(
    [...takesValue].map(([name, value]) => [name, { type: value ? ('string' as const) : ('boolean' as const) }]),
  );
  const args = argv.map((arg) => (arg === '-h' ? '--help' : arg));
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option')
      throw refuse(`argument ${quote(token.kind === 'positional' ? token.value : '--')}`, 'is not known', known);
    const { name, rawName, value, inlineValue } = token;
    const wantsValue = takesValue.get(name);
    if (wantsValue === undefined) throw refuse(`option ${quote(rawName)}`, 'is not known', known);
    if (!wantsValue && value !== undefined) throw refuse(rawName, 'takes no value', `write ${rawName} alone`);
    // The parser takes whatever stands next, another flag included.
    const missing = wantsValue && (value === undefined || (!inlineValue && value.startsWith('-')));
    if (missing) throw refuse(rawName, 'lacks its value', `write ${rawName} VALUE`);
    given.set(name, [...(given.get(name) ?? []), value ?? 'true']);
  }
  return given;
}

function refuseUnknownVariables(environment: Environment): void {
  const known = ROWS.flatMap(([, { variable }]) => (variable?.startsWith('AIVEN_CMK_') ? [variable] : []));
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('AIVEN_CMK_') || known.includes(name)) continue;
    throw refuse(`variable ${quote(name)}`, 'is not known', `AIVEN_CMK_ variables are ${known.join(', ')}`);
  }
}

function readToken(environment: Environment): Secret {
  const direct = read(environment, 'AIVEN_TOKEN');
  const file = read(environment, 'AIVEN_TOKEN_FILE');
  if (direct !== undefined && file !== undefined) {
    throw refuse('AIVEN_TOKEN and AIVEN_TOKEN_FILE', 'are both set', 'set one of them');
  }
  if (direct !== undefined) return toSecret('AIVEN_TOKEN', direct);
  if (file !== undefined) {
    return toSecret(
      'the file of AIVEN_TOKEN_FILE',
      access('AIVEN_TOKEN_FILE', () => readFileSync(file, 'utf8').trim()),
    );
  }
  throw refuse(
    'AIVEN_TOKEN',
    'is not set',
    'create a token at https://console.aiven.io/profile/tokens and set AIVEN_TOKEN or AIVEN_TOKEN_FILE; --sandbox needs none',
  );
}

function toSecret(name: string, value: string): Secret {
  if (value.includes('${')) {
    throw refuse(
      name,
      'holds a placeholder that the client did not fill in',
      'put the token there, or use AIVEN_TOKEN_FILE',
    );
  }
  if (Secret.fits(value)) return new Secret(value);
  throw refuse(
    name,
    'holds no token',
    'it takes 8 or more visible ASCII characters without quotes, spaces or line breaks',
  );
}

function checkAuditFile(file: string): void {
  access('AIVEN_CMK_AUDIT_FILE', () => closeSync(openSync(file, 'a', 0o600)));
}

function access<T>(name: string, use: () => T): T {
  try {
    return use();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no access';
    throw refuse(
      name,
      `names a file that cannot be used (${code})`,
      'it takes the path of a file that this user may use',
    );
  }
}

function read(environment: Environment, name: string): string | undefined {
  const value = environment[name];
  if (value === '') throw refuse(name, 'is set but empty', 'give it a value or unset it');
  return value;
}

function refuse(setting: string, fact: string, accepts: string): CmkError {
  return new CmkError('invalid_settings', `${setting} ${fact}: ${accepts}.`);
}

/** A value as one short line of printable text, whatever it holds. */
function quote(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
