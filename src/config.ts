import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CmkError } from './errors.ts';
import { Secret } from './secret.ts';

/** Which API is served: Aiven's, or the one in memory that needs no token. */
type Api = { readonly sandbox: true } | { readonly sandbox: false; readonly token: Secret; readonly origin: string };

/** Validated settings of one process. */
export interface Config {
  readonly api: Api;
  /** The longest one attempt at a request may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'serve'; readonly config: Config };

type Environment = Readonly<Record<string, string | undefined>>;

const FLAGS = {
  sandbox: { type: 'boolean', help: 'serve a CMK API in memory: no token, no network, project "sandbox"' },
  help: { type: 'boolean', short: 'h', help: 'print this text' },
  version: { type: 'boolean', help: 'print the version' },
} as const;

const VARIABLES = {
  AIVEN_TOKEN: 'Aiven API token',
  AIVEN_TOKEN_FILE: 'file that holds the token, for secret mounts; instead of AIVEN_TOKEN',
  AIVEN_API_ORIGIN: 'API origin, https only (http for loopback); default https://api.aiven.io',
  AIVEN_CMK_TIMEOUT_MS: 'longest time for one request attempt, 100 to 600000 ms; default 30000',
} as const;

type Variable = keyof typeof VARIABLES;

/** The text of `--help`. */
export function usage(): string {
  const flags = Object.entries(FLAGS).map(([name, { help }]) => `  --${name.padEnd(22)}${help}`);
  const variables = Object.entries(VARIABLES).map(([name, help]) => `  ${name.padEnd(24)}${help}`);
  return [
    'Usage: aiven-cmk-mcp [options]',
    '',
    'An MCP server (stdio) for Aiven customer managed keys (CMK).',
    '',
    'Options:',
    ...flags,
    '',
    'Environment:',
    ...variables,
  ].join('\n');
}

/**
 * Reads the command line and the environment; nothing else in the program does.
 * @throws CmkError `invalid_settings` that names the setting and what it accepts.
 */
export function readCommand(argv: readonly string[], environment: Environment): Command {
  const flags = readFlags(argv);
  if (flags.has('help')) return { kind: 'help' };
  if (flags.has('version')) return { kind: 'version' };
  refuseUnknownVariables(environment);
  const api: Api = flags.has('sandbox')
    ? { sandbox: true }
    : { sandbox: false, token: readToken(environment), origin: readOrigin(environment) };
  return { kind: 'serve', config: { api, timeoutMs: readTimeout(environment) } };
}

function readFlags(argv: readonly string[]): Set<keyof typeof FLAGS> {
  const { tokens } = parseArgs({
    args: [...argv],
    options: FLAGS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Set<keyof typeof FLAGS>();
  for (const token of tokens) {
    if (token.kind !== 'option') {
      throw refuse(
        token.kind === 'positional' ? `argument ${quote(token.value)}` : 'argument --',
        'is not known',
        FLAG_LIST,
      );
    }
    if (!isFlag(token.name)) throw refuse(`option ${quote(token.rawName)}`, 'is not known', FLAG_LIST);
    if (token.value !== undefined)
      throw refuse(`option ${token.rawName}`, 'takes no value', `write ${token.rawName} alone`);
    given.add(token.name);
  }
  return given;
}

function isFlag(name: string): name is keyof typeof FLAGS {
  return Object.hasOwn(FLAGS, name);
}

const FLAG_LIST = `options are ${Object.keys(FLAGS)
  .map((name) => `--${name}`)
  .join(', ')}`;

function refuseUnknownVariables(environment: Environment): void {
  for (const name of Object.keys(environment)) {
    if (name.startsWith('AIVEN_CMK_') && !Object.hasOwn(VARIABLES, name)) {
      const known = Object.keys(VARIABLES).filter((variable) => variable.startsWith('AIVEN_CMK_'));
      throw refuse(`variable ${quote(name)}`, 'is not known', `AIVEN_CMK_ variables are ${known.join(', ')}`);
    }
  }
}

function readToken(environment: Environment): Secret {
  const direct = read(environment, 'AIVEN_TOKEN');
  const file = read(environment, 'AIVEN_TOKEN_FILE');
  if (direct !== undefined && file !== undefined) {
    throw refuse('AIVEN_TOKEN and AIVEN_TOKEN_FILE', 'are both set', 'set one of them');
  }
  if (direct !== undefined) return toSecret('AIVEN_TOKEN', direct);
  if (file !== undefined) return toSecret('the file of AIVEN_TOKEN_FILE', readTokenFile(file));
  throw refuse(
    'AIVEN_TOKEN',
    'is not set',
    'create a token at https://console.aiven.io/profile/tokens and set AIVEN_TOKEN or AIVEN_TOKEN_FILE; --sandbox needs none',
  );
}

function readTokenFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw refuse('AIVEN_TOKEN_FILE', `names a file that cannot be read (${code})`, 'it takes the path of a text file');
  }
}

function toSecret(name: string, value: string): Secret {
  if (value.includes('${')) {
    throw refuse(
      name,
      'holds a placeholder that the client did not fill in',
      'put the token there, or use AIVEN_TOKEN_FILE',
    );
  }
  if (!Secret.fits(value)) {
    throw refuse(
      name,
      'holds no token',
      'it takes 8 or more visible ASCII characters without quotes, spaces or line breaks',
    );
  }
  return new Secret(value);
}

function readOrigin(environment: Environment): string {
  const value = read(environment, 'AIVEN_API_ORIGIN');
  if (value === undefined) return 'https://api.aiven.io';
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const loopback = url !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback);
  if (!url || !secure || url.href !== `${url.origin}/`) {
    throw refuse(
      'AIVEN_API_ORIGIN',
      'is no usable origin',
      'it takes https://HOST[:PORT] without a path, user or query; http only for localhost, 127.0.0.1 and [::1]',
    );
  }
  return url.origin;
}

function readTimeout(environment: Environment): number {
  const value = read(environment, 'AIVEN_CMK_TIMEOUT_MS');
  if (value === undefined) return 30_000;
  const milliseconds = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
  if (!(milliseconds >= 100 && milliseconds <= 600_000)) {
    throw refuse(
      'AIVEN_CMK_TIMEOUT_MS',
      `is ${quote(value)}`,
      'it takes a whole number of milliseconds from 100 to 600000',
    );
  }
  return milliseconds;
}

function read(environment: Environment, name: Variable): string | undefined {
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
