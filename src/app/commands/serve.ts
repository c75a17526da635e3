import type { Dependencies } from '../../calls/dependencies.ts';
import type { Decisions } from '../../guard/approval/decisions.ts';
import type { ApprovalStore } from '../../guard/approval/store.ts';
import type { HttpServer } from '../../server/http/serve.ts';
import { createServerFactory } from '../../server/mcp.ts';
import { serveOverStdio } from '../../server/stdio.ts';
import type { Observer } from '../../telemetry/observer.ts';
import type { ApprovalPage, Outside } from '../approval-page.ts';
import type { Config } from '../config/config.ts';
import { hasPage } from '../config/page-check.ts';
import { createLocalApproval } from '../loopback/local-approval.ts';
import { createDependencies, createFetch, createTracer, deploymentOf, type Terminal } from '../wiring.ts';

/** Maximum time from the end of a stdio client's input to the end of the export of telemetry, in milliseconds. */
const STDIO_END_MS = 1_700;

/** Maximum time to export telemetry when a server over HTTP ends, in milliseconds. */
const EXPORT_MS = 3_000;

/** What a person is told who starts it without a client. */
const ON_TERMINAL =
  'an MCP server waits for a client on standard input and output; Ctrl-C stops it, --help lists commands';

/** Serves MCP over stdio, or over HTTP if an address is set, until SIGTERM, SIGINT or the end of the input. */
export async function serve(config: Config, terminal: Terminal): Promise<number> {
  if (config.http) return serveUntilSignalled({ ...config, http: config.http }, terminal);
  const local = createLocalApproval(config, () => dependencies, false);
  const tracer = await createTracer(config, terminal);
  const dependencies = createDependencies(config, terminal, undefined, { tracer, pages: local.pages });
  const { inFlight, audit, log } = dependencies;
  try {
    const served = serveOverStdio(createServerFactory(dependencies, config), inFlight, log, local.close);
    // A person who starts it on a terminal sees nothing else; a client connects a pipe.
    if (process.stdin.isTTY) log(ON_TERMINAL);
    const ended = await served;
    await tracer.close(Math.max(0, STDIO_END_MS - (performance.now() - ended)));
  } finally {
    await audit.flush().catch(() => {}); // Standard error may not be read.
  }
  return 0;
}

type HttpConfig = Config & { readonly http: NonNullable<Config['http']> };

/** A server over HTTP with all it uses. */
export interface Served extends HttpServer {
  /** What people may do on the approval page; undefined where none is set up. */
  readonly decisions: Decisions | undefined;
  /** Reads the files of static tokens and of the policy again; one that fails leaves what was. Undefined if neither is set. */
  readonly reload: (() => void) | undefined;
}

/** Starts to serve over HTTP, and handles no signals. @throws CmkError `invalid_settings` */
export async function startServing(config: HttpConfig, terminal: Terminal): Promise<Served> {
  // Loaded only here: HTTP's modules are most of the program.
  const { startHttpServer } = await import('../../server/http/serve.ts');
  const metrics = config.metrics && new (await import('../../telemetry/metrics.ts')).Metrics();
  // One pool of connections, for the API, the issuer and the webhook.
  const outside = createFetch(config.proxies);
  let page: ApprovalPage | undefined;
  const tracer = await createTracer(config, terminal);
  const extras = { observer: metrics, tracer, pages: () => ({ page: page?.approval }) };
  const dependencies = createDependencies(config, terminal, outside, extras);
  const shared = await openSharedStore(config, extras.observer, terminal.log);
  page = await openPage(config, dependencies, { fetch: outside, shared: shared?.approvals });
  const { store } = page ?? {};
  if (store) metrics?.watchPending(() => pendingSince(store));
  const end = async () => {
    await page?.close();
    shared?.client.disconnect();
    await tracer.close(EXPORT_MS);
    await dependencies.audit.flush().catch(() => {}); // Standard error may not be read.
  };
  try {
    const createApprovals =
      page && (await import('../approval-routes.ts')).approvalRoutes(config, page, outside, dependencies);
    const server = await startHttpServer(dependencies, config, { outside, metrics, shared, createApprovals });
    const { reloadTokens } = server;
    const { policy } = config;
    const reload = () => {
      reloadTokens?.();
      policy?.reload(terminal.log);
    };
    return {
      ...server,
      decisions: page?.decisions,
      reload: reloadTokens || policy ? reload : undefined,
      close: () => server.close().finally(end),
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Resolves with when each request that waits for a decision was made, in milliseconds since the epoch. */
async function pendingSince(store: ApprovalStore): Promise<readonly number[]> {
  const records = await store.list();
  return records.flatMap(({ state, createdAt }) => (state === 'pending' ? [createdAt] : []));
}

async function serveUntilSignalled(config: HttpConfig, terminal: Terminal): Promise<number> {
  const signalled = new Promise<void>((resolve) => process.once('SIGTERM', resolve).once('SIGINT', resolve));
  const { reload, close } = await startServing(config, terminal);
  if (reload) process.on('SIGHUP', reload);
  await signalled;
  await close();
  return 0;
}

async function openSharedStore(config: HttpConfig, observer: Observer | undefined, log: Terminal['log']) {
  const url = config.secrets.storeUrl;
  if (!url) return undefined;
  const { connectSharedStore } = await import('../shared-store.ts');
  return connectSharedStore({ url, namespace: deploymentOf(config), observer, log });
}

async function openPage(
  config: HttpConfig,
  dependencies: Dependencies,
  outside: Outside,
): Promise<ApprovalPage | undefined> {
  const { publicUrl } = config;
  if (!hasPage(config) || publicUrl === undefined) return undefined;
  const { createApprovalPage } = await import('../approval-page.ts');
  return createApprovalPage({ ...config, publicUrl }, dependencies, outside);
}
