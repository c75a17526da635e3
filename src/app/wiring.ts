import packageJson from '../../package.json' with { type: 'json' };
import type { Fetch } from '../aiven/fetch/node.ts';
import type { Proxies } from '../aiven/fetch/proxy.ts';
import type { Connection } from '../aiven/http.ts';
import { openSandbox } from '../aiven/sandbox/sandbox.ts';
import { SANDBOX_TOKEN } from '../aiven/sandbox/token.ts';
import type { Dependencies } from '../calls/call.ts';
import { InFlight } from '../calls/in-flight.ts';
import { CmkError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import { AuditLog, type LineSink } from '../telemetry/audit.ts';
import type { Config } from './config/config.ts';

/** What a command may use of the process it runs in. */
export interface Terminal {
  /** Writes a result to standard output; not for use while MCP is spoken there. */
  print(text: string): void;
  /** Writes a line for the operator to standard error. */
  log(text: string): void;
  /** Writes to standard error without ever blocking. */
  readonly writeLine: LineSink;
}

/** Creates what all calls of this process use. */
export function createDependencies(config: Config, { log, writeLine }: Terminal): Dependencies {
  const connection = createConnection(config);
  const { token } = connection;
  return {
    connection,
    approval: { mode: config.approval, timeoutMs: config.approvalTimeoutMs },
    audit: new AuditLog(writeLine, (text) => token.redact(text), config.auditFile),
    inFlight: new InFlight(),
    load: once(loadLazy),
    deadlineMs: config.deadlineMs,
    projects: config.projects,
    log,
  };
}

/** Creates the connection to Aiven, or to the sandbox where there is no token: nothing after it tells them apart. */
export function createConnection({ token, origin, proxies, timeoutMs, sandboxFaults }: Config): Connection {
  const common = { timeoutMs, userAgent: `${packageJson.name}/${packageJson.version}` };
  if (token) return { ...common, origin, token, fetch: createFetch(proxies) };
  return {
    ...common,
    origin: 'https://sandbox.invalid',
    token: new Secret(SANDBOX_TOKEN),
    fetch: openSandbox(sandboxFaults),
  };
}

/** A `fetch` to other machines. Its code is loaded at the first request, with TLS and everything else it needs. */
export function createFetch(proxies: Proxies | undefined): Fetch {
  const load = once(async () => {
    if (!proxies) return (await import('../aiven/fetch/node.ts')).createNodeFetch();
    return (await import('../aiven/fetch/proxy.ts')).createProxyFetch(proxies);
  });
  return async (request) => (await load())(request);
}

function loadLazy() {
  return import('../calls/lazy.ts').catch((cause) => {
    throw new CmkError('restart_needed', 'A part of the program cannot be loaded any more.', { cause });
  });
}

/** Calls `create` at the first use and returns the same value from then on. */
function once<T>(create: () => T): () => T {
  let created: { readonly value: T } | undefined;
  return () => {
    created ??= { value: create() };
    return created.value;
  };
}
