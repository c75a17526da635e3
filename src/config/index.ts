import { closeSync, existsSync, openSync } from 'node:fs';
import type { Secret } from '../secret.ts';
import { REQUESTS, readFlags } from './flags.ts';
import { access, type Environment, quote, read, refuse, requireFile } from './refusal.ts';
import { isLoopback } from './rules.ts';
import { ROWS, type SETTINGS, type Setting } from './settings.ts';
import { readToken, TOKEN_VARIABLES } from './token.ts';

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
    'An MCP server for Aiven customer managed keys (CMK), over stdio unless --http is given.',
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
  const { auditFile } = settings;
  if (auditFile !== undefined) access('AIVEN_CMK_AUDIT_FILE', () => checkAppend(auditFile));
  checkSignIn(settings);
  return { kind: 'serve', config: { ...settings, token: settings.sandbox ? undefined : readToken(environment) } };
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
  if (texts.length > 1 && setting.value && !setting.repeatable) {
    throw refuse(`--${flag}`, 'is given more than once', 'give it once');
  }
  const value = setting.parse(texts);
  if (value === undefined)
    throw refuse(given ? `--${flag}` : variable, `is ${quote(texts.join(','))}`, `it takes ${accepts}`);
  return value;
}

function refuseUnknownVariables(environment: Environment): void {
  const known = ROWS.flatMap(([, { variable }]) => (variable ? [variable] : []));
  for (const name of Object.keys(environment)) {
    // Other programs have AIVEN_ variables, too; these are ours, or near misses of what keeps an agent in bounds.
    if (known.includes(name) || !/^AIVEN_CMK_|^AIVEN_(?:READ_?ONLY|PROJECTS?)$/i.test(name)) continue;
    const nearest = known.toSorted(
      (one, other) => sharedStart(other, name.toUpperCase()) - sharedStart(one, name.toUpperCase()),
    )[0];
    throw refuse(`variable ${quote(name)}`, 'is not known', `the nearest is ${nearest}; --help lists all`);
  }
}

/** How many characters two texts have in common from their start. */
function sharedStart(one: string, other: string): number {
  const differs = [...one].findIndex((character, index) => character !== other[index]);
  return differs === -1 ? one.length : differs;
}

/** That a file can be appended to. A device or a pipe is refused before it is opened: that may block, or never flush. */
function checkAppend(file: string): void {
  if (existsSync(file)) requireFile('AIVEN_CMK_AUDIT_FILE', file);
  closeSync(openSync(file, 'a', 0o600));
}

/** That whoever can connect over HTTP is someone who may use the token. */
function checkSignIn(settings: Omit<Config, 'token'>): void {
  const { http, sandbox, oidcIssuer, oidcAudience, httpTokensFile, insecureNoSignIn } = settings;
  if ((oidcIssuer === undefined) !== (oidcAudience === undefined)) {
    throw refuse('AIVEN_CMK_OIDC_ISSUER or AIVEN_CMK_OIDC_AUDIENCE', 'is set alone', 'they go together');
  }
  const signIn = [oidcIssuer && 'AIVEN_CMK_OIDC_ISSUER', httpTokensFile && 'AIVEN_CMK_HTTP_TOKENS_FILE'].filter(
    Boolean,
  );
  if (signIn.length > 1) throw refuse(signIn.join(' and '), 'are both set', 'choose one way to sign in');
  if (!http) {
    if (signIn[0]) throw refuse(signIn[0], 'is set without --http', 'add --http, or unset it');
    return;
  }
  if (signIn.length > 0) {
    if (insecureNoSignIn)
      throw refuse('--insecure-no-sign-in', 'is given with a way to sign in', 'leave one of them out');
    return;
  }
  const ways = 'set AIVEN_CMK_OIDC_ISSUER and AIVEN_CMK_OIDC_AUDIENCE, or AIVEN_CMK_HTTP_TOKENS_FILE';
  if (!isLoopback(http.host)) throw refuse(`--http ${http.host}`, 'is open to other machines without sign-in', ways);
  if (!sandbox && !insecureNoSignIn) {
    throw refuse('--http', 'would serve a real token without sign-in', `${ways}, or give --insecure-no-sign-in`);
  }
}
