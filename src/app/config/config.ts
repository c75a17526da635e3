import type { Proxies } from '../../aiven/fetch/proxy.ts';
import { CmkError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import { TOOLSETS } from '../../guard/policy.ts';
import type { TelemetrySettings } from '../../telemetry/otel/settings.ts';
import type { AuditVerification } from './audit-command.ts';
import type { CommandLine } from './command-line.ts';
import { hasDesktop } from './desktop.ts';
import { readFlags } from './flags.ts';
import { type Environment, invalidSetting, quote } from './invalid-setting.ts';
import { checkPage, hasPage } from './page-check.ts';
import type { PolicyCommand } from './policy-command.ts';
import type { PolicyFile } from './policy-file.ts';
import { readProxies } from './proxies.ts';
import { readSettings } from './read-settings.ts';
import type { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';
import { checkSignIn } from './sign-in-check.ts';
import { hasCollector } from './telemetry-variables.ts';
import { readToken, refuseMisplaced } from './token.ts';
import { otherSettings, refuseUnknownVariables } from './variables.ts';

/** Validated settings of one process. */
export type Config = Settings & {
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

/** The command of the command line, with its settings. */
export type Command =
  | { readonly kind: 'help' /** The command that it is about. */; readonly topic?: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'serve'; readonly config: Config }
  | {
      readonly kind: 'call';
      readonly config: Config;
      readonly tool: string;
      readonly json: string;
      readonly table: boolean;
      /** Whether audit lines are printed on a terminal, too. */
      readonly verbose: boolean;
      /** Whether to call again while a person has not decided on the approval page. */
      readonly wait: boolean;
    }
  | {
      readonly kind: 'tool';
      readonly config: Config;
      readonly call: NonNullable<CommandLine['tool']>;
      readonly json: boolean;
      readonly wide: boolean;
      /** Whether a configuration for Terraform is printed alone. */
      readonly terraform: boolean;
      readonly verbose: boolean;
      /** Whether to call again while a person has not decided on the approval page. */
      readonly wait: boolean;
    }
  | {
      readonly kind: 'doctor';
      readonly config: Config;
      readonly json: boolean;
      /** The reason why there is no token, if one is needed. */
      readonly tokenError?: CmkError;
    }
  | { readonly kind: 'sandbox'; readonly config: Config; readonly port: number }
  | { readonly kind: 'audit'; readonly verification: AuditVerification }
  | { readonly kind: 'completion'; readonly words: readonly string[] }
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
  const { command, words, flags, tool: call } = await readFlags(argv);
  if (flags.has('help')) return { kind: 'help', ...(words[0] !== undefined && { topic: words[0] }) };
  if (flags.has('version')) return { kind: 'version' };
  if (command === 'policy') return (await import('./policy-command.ts')).readPolicyCommand(words, flags);
  if (command === 'completion') return { kind: command, words };
  if (command === 'audit') {
    const { readAuditCommand } = await import('./audit-command.ts');
    return { kind: command, verification: readAuditCommand(words, flags, environment) };
  }
  if (command === 'call' && words.length === 0)
    throw invalidSetting('call', 'lacks a tool', `write call TOOL '{"project":"p"}'`);
  await refuseUnknownVariables(environment);
  // The command of a tool says itself which toolset it takes, unless the operator has chosen.
  const settings = readSettings(flags, environment, command === 'tool' ? { toolsets: TOOLSETS } : {});
  const { auditFile, sandbox, sandboxState } = settings;
  if (auditFile !== undefined) (await import('./files.ts')).requireAppendable('AIVEN_CMK_AUDIT_FILE', auditFile);
  if (command === 'serve') {
    checkSignIn(settings);
    checkPage(settings);
  }
  for (const flag of ['sandbox-faults', 'state']) {
    if (flags.has(flag) && !sandbox && command !== 'sandbox')
      throw invalidSetting(`--${flag}`, 'is given without --sandbox', 'they go together');
  }
  if (sandboxState !== undefined) await (await import('../sandbox-state.ts')).checkSandboxState(sandboxState);
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
  if (command === 'serve') return { kind: command, config };
  if (command === 'sandbox') return { kind: command, config, port: readPort(flags.get('port')) };
  const json = flags.has('json');
  if (command === 'doctor')
    return { kind: command, config, json, ...(needsToken && found instanceof CmkError && { tokenError: found }) };
  const asked = {
    config: flags.has('yes') ? withoutQuestion(config) : config,
    verbose: flags.has('verbose'),
    wait: flags.has('wait'),
  };
  if (call) return { kind: 'tool', ...asked, call, json, wide: flags.has('wide'), terraform: flags.has('terraform') };
  const [tool = '', text = '{}'] = words;
  return { kind: 'call', ...asked, tool, json: text, table: flags.has('table') };
}

/** Returns the settings of a call before which nobody is asked. @throws CmkError if other settings require a person. */
function withoutQuestion(config: Config): Config {
  const { approval } = config;
  if (approval === 'auto' || approval === 'argument') return { ...config, approval: 'argument' };
  throw invalidSetting('--yes', `is given, but approval is ${approval}`, 'leave it out, or give --approval argument');
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
