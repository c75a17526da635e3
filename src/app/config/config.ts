import type { Proxies } from '../../aiven/fetch/proxy.ts';
import { CmkError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import type { TelemetrySettings } from '../../telemetry/otel/settings.ts';
import type { AuditVerification } from './audit-command.ts';
import { hasDesktop } from './desktop.ts';
import { readFlags } from './flags.ts';
import { type Environment, invalidSetting, quote, read, showUnlessSecret } from './invalid-setting.ts';
import { nearest } from './nearest.ts';
import { checkPage, hasPage } from './page-check.ts';
import { isLoopback } from './parsers.ts';
import type { PolicyCommand } from './policy-command.ts';
import type { PolicyFile } from './policy-file.ts';
import { PROXY_VARIABLES, readProxies } from './proxies.ts';
import type { Secrets } from './secrets.ts';
import { ROWS, type SETTINGS, type Setting } from './settings.ts';
import { hasCollector } from './telemetry-variables.ts';
import { readToken, refuseMisplaced, TOKEN_VARIABLES } from './token.ts';

/** Validated settings of one process. */
export type Config = { readonly [Name in keyof typeof SETTINGS]: (typeof SETTINGS)[Name]['fallback'] } & {
  /** The Aiven API token; undefined for the sandbox, and for `doctor` if it cannot be read. */
  readonly token: Secret | undefined;
  /** Proxies for requests to other machines, if any. */
  readonly proxies: Proxies | undefined;
  /** Whether a browser can be opened for the person who started this process. */
  readonly desktop: boolean;
  /** Who may do what; undefined where no policy is set. */
  readonly policy: PolicyFile | undefined;
  /** Where OpenTelemetry data is exported to, if anywhere. */
  readonly telemetry: TelemetrySettings | undefined;
  /** What other settings name that must not be printed. */
  readonly secrets: Secrets;
  /** What works but should be changed, a sentence each. */
  readonly warnings: readonly string[];
};

/** The settings that are rows of the table. */
type Settings = Omit<Config, 'token' | 'secrets' | 'policy' | 'proxies' | 'telemetry' | 'warnings' | 'desktop'>;

/** The command of the command line, with its settings. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'serve'; readonly config: Config }
  | {
      readonly kind: 'call';
      readonly config: Config;
      readonly tool: string;
      readonly json: string;
      readonly table: boolean;
      readonly wait: boolean;
    }
  | {
      readonly kind: 'doctor';
      readonly config: Config;
      /** The reason why there is no token, if one is needed. */
      readonly tokenError?: CmkError;
    }
  | { readonly kind: 'sandbox'; readonly config: Config; readonly port: number }
  | { readonly kind: 'audit'; readonly verification: AuditVerification }
  | PolicyCommand;

/**
 * Reads the command line and the environment. A flag takes precedence over its variable. `onToken` is called with the token
 * before anything else is read, so that the token can be redacted from error messages.
 * @throws CmkError `invalid_settings` that names the setting and what it accepts.
 */
export async function readCommand(
  argv: readonly string[],
  environment: Environment,
  onToken: (token: Secret) => void = () => {},
): Promise<Command> {
  const found = await readToken(environment).catch(CmkError.from);
  if (!(found instanceof CmkError)) {
    onToken(found.token);
    refuseMisplaced(found.token, argv, otherSettings(environment));
  }
  const { command, words, flags } = await readFlags(argv);
  if (flags.has('help')) return { kind: 'help' };
  if (flags.has('version')) return { kind: 'version' };
  if (command === 'policy') return (await import('./policy-command.ts')).readPolicyCommand(words, flags);
  if (command === 'audit') {
    const { readAuditCommand } = await import('./audit-command.ts');
    return { kind: command, verification: readAuditCommand(words, flags, environment) };
  }
  refuseUnknownVariables(environment);
  const values = ROWS.map(([name, setting]) => [name, readSetting(setting, flags, environment)] as const);
  const settings = Object.fromEntries(values) as Settings; // Each row's parse gives its own type.
  const { auditFile, sandbox } = settings;
  if (auditFile !== undefined) (await import('./files.ts')).requireAppendable('AIVEN_CMK_AUDIT_FILE', auditFile);
  if (command === 'serve') checkSignIn(settings);
  if (command === 'serve') checkPage(settings);
  if (flags.has('sandbox-faults') && !sandbox && command !== 'sandbox') {
    throw invalidSetting('--sandbox-faults', 'is given without --sandbox', 'they go together');
  }
  const needsToken = !sandbox && command !== 'sandbox';
  if (needsToken) requireCertificateChecks(environment);
  if (needsToken && found instanceof CmkError && command !== 'doctor') throw found;
  const { token, warnings } = needsToken && !(found instanceof CmkError) ? found : { token: undefined, warnings: [] };
  const read = namesSecrets(settings)
    ? (await import('./secrets.ts')).readSecrets(settings)
    : { secrets: {}, warnings: [] };
  const policy = await openPolicy(settings);
  const unmet = policy ? policy.warnings(command === 'serve' && hasPage(settings)) : [];
  const telemetry =
    command === 'serve' && hasCollector(environment)
      ? (await import('./telemetry.ts')).readTelemetry(environment)
      : undefined;
  const more = { secrets: read.secrets, policy, telemetry, warnings: [...warnings, ...read.warnings, ...unmet] };
  const proxies = readProxies(environment);
  const config = { ...settings, token, ...more, proxies, desktop: hasDesktop(environment, process.platform) };
  for (const flag of ['http', 'metrics']) {
    if (command !== 'serve' && flags.has(flag))
      throw invalidSetting(`--${flag}`, `is given with ${command}`, 'it goes with serving alone');
  }
  if (command === 'sandbox') return { kind: command, config, port: readPort(flags.get('port')) };
  if (command === 'doctor')
    return { kind: command, config, ...(needsToken && found instanceof CmkError && { tokenError: found }) };
  if (command === 'serve') return { kind: command, config };
  const [tool, json = '{}'] = words;
  if (tool === undefined) throw invalidSetting('call', 'lacks a tool', `write call TOOL '{"project":"p"}'`);
  return { kind: command, config, tool, json, table: flags.has('table'), wait: flags.has('wait') };
}

async function openPolicy({ policyFile }: Settings): Promise<PolicyFile | undefined> {
  if (policyFile === undefined) return undefined;
  return new (await import('./policy-file.ts')).PolicyFile(policyFile);
}

/** Whether a setting holds a secret or names the file of one. */
function namesSecrets({
  oidcClientSecretFile,
  storeUrlFile,
  storeUrl,
  signingKeyFile,
  webhookUrlFile,
  webhookSecretFile,
}: Settings): boolean {
  const given = [oidcClientSecretFile, storeUrlFile, storeUrl, signingKeyFile, webhookUrlFile, webhookSecretFile];
  return given.some((value) => value !== undefined);
}

/** Returns the variables that settings other than the token are read from, and any that bear our prefix or OpenTelemetry's. */
function otherSettings(environment: Environment): Environment {
  const isProxy = (name: string) => Object.keys(PROXY_VARIABLES).includes(name.toUpperCase());
  const isOther = (name: string) => !(name in TOKEN_VARIABLES) && (/^(?:AIVEN|OTEL)_/i.test(name) || isProxy(name));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => isOther(name)));
}

/** Refuses Node's variable that accepts any certificate: the token could be sent to any server. @throws CmkError `invalid_settings` */
function requireCertificateChecks({ NODE_TLS_REJECT_UNAUTHORIZED: value }: Environment): void {
  if (value !== '0') return;
  const fact = 'is 0, so the token could be sent to any server';
  const accepts = 'unset it, and set NODE_EXTRA_CA_CERTS to the certificate of your own authority';
  throw invalidSetting('NODE_TLS_REJECT_UNAUTHORIZED', fact, accepts);
}

function readPort([text, ...more]: readonly string[] = ['0']): number {
  const port = /^\d{1,5}$/.test(text ?? '') ? Number(text) : Number.NaN;
  if (port <= 65_535 && more.length === 0) return port;
  throw invalidSetting('--port', `is ${quote(text ?? '')}`, 'it takes a port from 0 to 65535');
}

function readSetting(
  setting: Setting<unknown>,
  flags: ReadonlyMap<string, readonly string[]>,
  environment: Environment,
): unknown {
  const { flag = '', variable = '', accepts, fallback } = setting;
  const given = flags.get(flag);
  const text = given ? undefined : read(environment, variable);
  const texts = given ?? (text === undefined ? [] : [text]);
  if (texts.length === 0) return fallback;
  if (texts.length > 1 && setting.value && !setting.repeatable) {
    throw invalidSetting(`--${flag}`, 'is given more than once', 'give it once');
  }
  const value = setting.parse(texts);
  if (value === undefined)
    throw invalidSetting(given ? `--${flag}` : variable, `is ${quote(texts.join(','))}`, `it takes ${accepts}`);
  return value;
}

/** Variables that Kubernetes derives from the name of a Service, its "service links". */
const SERVICE_LINK = /_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\w+)?)$/;

function refuseUnknownVariables(environment: Environment): void {
  const known = [...Object.keys(TOKEN_VARIABLES), ...ROWS.flatMap(([, { variable }]) => (variable ? [variable] : []))];
  for (const name of Object.keys(environment)) {
    // Other programs use AIVEN_ variables, too. These are ours, or misspelt ones that would limit an agent.
    if (known.includes(name) || !/^AIVEN_CMK_|^AIVEN_(?:READ_?ONLY|PROJECTS?)$/i.test(name)) continue;
    if ('KUBERNETES_SERVICE_HOST' in environment && SERVICE_LINK.test(name)) continue;
    const hint = `the nearest is ${nearest(name, known, withoutPrefix)}; --help lists all`;
    throw invalidSetting(`variable ${quote(name)}`, 'is not known', hint);
  }
}

/** Returns a variable's name for comparison: without the prefix, which may be misspelt, too. */
function withoutPrefix(name: string): string {
  return name
    .toUpperCase()
    .replace(/^AIVEN_(?:CMK_)?/, '')
    .replaceAll('_', '');
}

/** Checks that only permitted callers can use the token over HTTP. @throws CmkError `invalid_settings` */
function checkSignIn(settings: Settings): void {
  const { http, metrics, sandbox, oidcIssuer, oidcAudience, httpTokensFile, insecureNoSignIn } = settings;
  if ((oidcIssuer === undefined) !== (oidcAudience === undefined)) {
    throw invalidSetting('AIVEN_CMK_OIDC_ISSUER or AIVEN_CMK_OIDC_AUDIENCE', 'is set alone', 'they go together');
  }
  const signIn = [oidcIssuer && 'AIVEN_CMK_OIDC_ISSUER', httpTokensFile && 'AIVEN_CMK_HTTP_TOKENS_FILE'].filter(
    Boolean,
  );
  if (!http) {
    if (metrics) throw invalidSetting('--metrics', 'is given without --http', 'they go together');
    if (signIn[0]) throw invalidSetting(signIn[0], 'is set without --http', 'add --http, or unset it');
    return;
  }
  if (signIn.length > 0) {
    if (insecureNoSignIn)
      throw invalidSetting('--insecure-no-sign-in', 'is given with a way to sign in', 'leave one of them out');
    return;
  }
  const ways = 'set AIVEN_CMK_OIDC_ISSUER and AIVEN_CMK_OIDC_AUDIENCE, or AIVEN_CMK_HTTP_TOKENS_FILE';
  if (!isLoopback(http.host))
    throw invalidSetting(`--http ${showUnlessSecret(http.host)}`, 'is open to other machines without sign-in', ways);
  if (!sandbox && !insecureNoSignIn) {
    throw invalidSetting(
      '--http',
      'would serve a real token without sign-in',
      `${ways}, or give --insecure-no-sign-in`,
    );
  }
}
