import packageJson from '../../package.json' with { type: 'json' };
import type { Fetch } from '../aiven/fetch/fetch.ts';
import type { Proxies } from '../aiven/fetch/proxy.ts';
import type { Connection } from '../aiven/http.ts';
import { openSandbox } from '../aiven/sandbox/sandbox.ts';
import { SANDBOX_TOKEN } from '../aiven/sandbox/token.ts';
import type { Dependencies } from '../calls/dependencies.ts';
import { InFlight } from '../calls/in-flight.ts';
import { CmkError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import type { Approvals, ApprovalWays } from '../guard/approval/approval.ts';
import { AuditLog } from '../telemetry/audit.ts';
import { AuditFile } from '../telemetry/audit-file.ts';
import type { LineSink } from '../telemetry/grouped-lines.ts';
import type { Observer } from '../telemetry/observer.ts';
import { PASSIVE_TRACER, type Tracer } from '../telemetry/tracer.ts';
import type { Config } from './config/config.ts';
import { hasPage } from './config/page-check.ts';
import { isLoopback } from './config/parsers.ts';

/** The standard streams that a command may write to. */
export interface Terminal {
  /** Writes a result to standard output; not for use while MCP is served there. */
  print(text: string): void;
  /** Writes a line for the operator to standard error. */
  log(text: string): void;
  /** Writes to standard error without blocking. */
  readonly writeLine: LineSink;
}

/** What a standard stream is connected to. */
export interface Screen {
  readonly isTerminal: boolean;
  /** Width in columns; undefined where there is no terminal, or it tells none. */
  readonly columns: number | undefined;
  /** Whether colours are shown: only on a terminal, and not with `NO_COLOR`. */
  readonly hasColors: boolean;
}

/** The standard streams of a command that a person may have typed. */
export interface ShellTerminal extends Terminal {
  /** Returns what standard output is connected to. */
  readonly screen: () => Screen;
  /** Returns what standard error is connected to. */
  readonly errorScreen: () => Screen;
}

/** What only some ways of serving have. */
export interface Extras {
  readonly observer?: Observer | undefined;
  readonly tracer?: Tracer;
  /** Returns the approval pages, which themselves use what is created here; called at the first call of a tool. */
  readonly pages?: () => ApprovalPages;
}

/** The pages on which people decide. */
export type ApprovalPages = Pick<ApprovalWays, 'page' | 'fallbackPage'>;

type LazyModule = typeof import('../calls/lazy.ts');

/** Creates what all calls of this process use. `outside` carries requests to other machines, if any are made. */
export function createDependencies(
  config: Config,
  { log, writeLine }: Terminal,
  outside: Fetch = createFetch(config.proxies),
  { observer, tracer = PASSIVE_TRACER, pages }: Extras = {},
): Dependencies {
  const connection = createConnection(config, outside);
  const { token } = connection;
  return {
    connection,
    audit: new AuditLog(
      writeLine,
      (text) => token.redact(text),
      openAuditFile(config),
      () => observer?.auditFailure(),
    ),
    inFlight: new InFlight(),
    load: once(async () => {
      const lazy = await loadLazy();
      return { ...lazy, approvals: createApprovals(lazy, config, token, pages?.()) };
    }),
    deadlineMs: config.deadlineMs,
    approvalTimeoutMs: config.approvalTimeoutMs,
    projects: config.projects,
    ...(config.policy && { policy: config.policy.current }),
    toolsets: config.toolsets,
    ...(hasPage(config) && { approvalPageUrl: new URL('/approvals', config.publicUrl).href }),
    ...(observer && { observer }),
    tracer,
    log,
  };
}

/** Starts OpenTelemetry where a collector is set; its packages are loaded only then. */
export async function createTracer({ telemetry }: Config, { log }: Terminal): Promise<Tracer> {
  if (!telemetry) return PASSIVE_TRACER;
  return (await import('../telemetry/otel/open-tracer.ts')).openTracer(telemetry, log);
}

/** Creates the connection to Aiven, or without a token to the sandbox. The callers do not distinguish them. */
export function createConnection(
  { token, origin, timeoutMs, sandboxFaults, sandboxState }: Config,
  outside: Fetch,
): Connection {
  const common = { timeoutMs, userAgent: `${packageJson.name}/${packageJson.version}` };
  // A proxy cannot reach this machine's loopback.
  if (token)
    return { ...common, origin, token, fetch: isLoopback(new URL(origin).hostname) ? createFetch(undefined) : outside };
  return {
    ...common,
    origin: 'https://sandbox.invalid',
    token: new Secret(SANDBOX_TOKEN),
    fetch: openSandbox(sandboxFaults, sandboxState),
  };
}

/** Creates a `Fetch` to other machines. Its code, with TLS, is loaded at the first request. */
export function createFetch(proxies: Proxies | undefined): Fetch {
  const load = once(async () => {
    if (!proxies) return (await import('../aiven/fetch/node.ts')).createNodeFetch();
    return (await import('../aiven/fetch/proxy.ts')).createProxyFetch(proxies);
  });
  return async (...given) => (await load())(...given);
}

/** Returns the audit file, whose lines are signed if there is a signing key. */
function openAuditFile({ auditFile, secrets: { signingKey } }: Config): AuditFile | undefined {
  if (auditFile === undefined) return undefined;
  const key = signingKey && (async () => (await loadLazy()).SigningKey.forAudit(signingKey));
  return new AuditFile(auditFile, { key });
}

function loadLazy(): Promise<LazyModule> {
  return orRestart(import('../calls/lazy.ts'));
}

/** Resolves with a module that is loaded after the start. @throws CmkError `restart_needed` if an upgrade has removed its file. */
export function orRestart<T>(loading: Promise<T>): Promise<T> {
  return loading.catch((cause) => {
    throw new CmkError('restart_needed', 'A file of the program can no longer be loaded.', { cause });
  });
}

/** Returns the approval policy of this process: what a destructive write has to pass. */
function createApprovals(
  { Approvals, FormApproval, SigningKey }: LazyModule,
  config: Config,
  token: Secret,
  pages: ApprovalPages | undefined,
): Approvals {
  const key = new SigningKey(config.secrets.signingKey ?? token, deploymentOf(config));
  const form = new FormApproval(key.derive('approval'), config.approvalTimeoutMs);
  return new Approvals({ mode: config.approval, ...pages, form });
}

/**
 * Returns what identifies the deployment that a ticket belongs to: the settings that its replicas share. Without sign-in it is a
 * random value, so that a process accepts only its own tickets.
 */
export function deploymentOf({
  http,
  origin,
  projects,
  publicUrl,
  oidcIssuer,
  oidcAudience,
  httpTokensFile,
}: Config): string {
  if (!http || (oidcIssuer === undefined && httpTokensFile === undefined)) return crypto.randomUUID();
  return JSON.stringify([origin, publicUrl, oidcIssuer, oidcAudience, projects]);
}

/** Calls `create` at the first use and returns the same value from then on. */
function once<T>(create: () => T): () => T {
  let created: { readonly value: T } | undefined;
  return () => {
    created ??= { value: create() };
    return created.value;
  };
}
