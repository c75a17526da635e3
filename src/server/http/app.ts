import { createMcpHandler, type McpRequestContext, type McpServer } from '@modelcontextprotocol/server';
import { Hono, type MiddlewareHandler } from 'hono';
import { sanitize } from '../../core/sanitize.ts';
import { SCOPES } from '../../guard/scopes.ts';
import type { AuditLog } from '../../telemetry/audit.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { RefusalLog } from './auth/refusal-log.ts';
import { admitAnyone, requireSignIn, resourceOf, type SignIn } from './auth/sign-in.ts';
import { readJson } from './body.ts';
import { hostCheck } from './host-check.ts';
import type { HttpEnv } from './http-env.ts';
import { exchangeJson, takesJson } from './json-exchange.ts';
import { rateLimit, type SharedCounts } from './rate-limit.ts';
import type { HttpSettings } from './settings.ts';

/** Creates the MCP server of one request. */
export type ServerFactory = (context: McpRequestContext) => McpServer;

/** The dependencies of the routes. */
export interface AppDependencies {
  /** Whether the Aiven API can be reached. */
  readonly reachable: () => Promise<boolean>;
  /** Whether the store that replicas share works; absent where there is none. */
  readonly storeWorks?: (() => Promise<boolean>) | undefined;
  /** How callers sign in; absent where everyone who can connect may call. */
  readonly signIn?: SignIn | undefined;
  readonly metrics?: Metrics | undefined;
  /** Where the requests of a caller are counted over all replicas; absent where each counts by itself. */
  readonly counts?: SharedCounts | undefined;
  /** The routes of the approval page, below `/approvals`. */
  readonly approvals?: Hono<HttpEnv> | undefined;
  readonly audit: Pick<AuditLog, 'note'>;
  readonly log: (line: string) => void;
}

/** Creates the routes. Every protocol revision is served at `/mcp`, without sessions. */
export function createApp(
  factory: ServerFactory,
  dependencies: AppDependencies,
  settings: HttpSettings,
  stopping: () => boolean,
): Hono<HttpEnv> {
  const { signIn, metrics, counts, approvals, log } = dependencies;
  const { publicUrl } = settings;
  const handler = createMcpHandler(factory, { onerror: (error) => log(sanitize(error.message)) });
  const app = new Hono<HttpEnv>();
  app.use('/mcp', async (context, next) => {
    await next();
    metrics?.response(context.res.status);
  });
  if (approvals) {
    // The forms of the page are sent by a browser that is on the page's own origin.
    const ownHost = publicUrl === undefined ? [] : [new URL(publicUrl).hostname];
    app.use('/approvals/*', hostCheck({ ...settings, allowedOrigins: [...settings.allowedOrigins, ...ownHost] }));
    app.route('/approvals', approvals);
  }
  app.use(hostCheck(settings));
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    const { ready, body } = await readiness(dependencies, stopping);
    return context.json(body, ready ? 200 : 503);
  });
  app.get('/.well-known/oauth-protected-resource/*', (context) => {
    if (!signIn?.issuer) return context.notFound();
    return context.json({
      resource: resourceOf(context.req.raw, publicUrl),
      authorization_servers: [signIn.issuer],
      scopes_supported: SCOPES,
      bearer_methods_supported: ['header'],
      resource_name: 'Aiven CMK',
    });
  });
  // In this order: nothing of a request is read before its caller is known and within its limits.
  app.use('/mcp', authenticate(dependencies, settings), rateLimit(limitsOf(settings), counts));
  app.all('/mcp', async (context) => {
    const request = context.req.raw;
    const authInfo = context.get('authInfo');
    if (request.method !== 'POST') return handler.fetch(request, { authInfo });
    const body = await readJson(request, settings.httpBodyBytes);
    if (body instanceof Response) return body;
    const more = Array.isArray(body.value) ? body.value.length - 1 : 0;
    const rejection = more > 0 ? await context.get('acquire')(more) : undefined;
    if (rejection) return rejection;
    const options = { parsedBody: body.value, authInfo };
    const isJson = await takesJson(request, body.value);
    return isJson ? exchangeJson(factory, request, options, context.env.outgoing) : handler.fetch(request, options);
  });
  app.onError((error, context) => {
    // A client that has disconnected is no defect.
    if (!context.env.outgoing.destroyed) log(error.stack ?? error.message);
    return context.json({ error: 'internal' }, 500);
  });
  return app;
}

/**
 * Whether this replica should be sent requests. One whose store does not work should: it reads, and refuses what needs an
 * approval. All replicas of a deployment lose the store at once, so that none would be left.
 */
async function readiness({ reachable, storeWorks }: AppDependencies, stopping: () => boolean) {
  if (stopping()) return { ready: false, body: { status: 'stopping' } };
  const [ready, store] = await Promise.all([reachable(), storeWorks?.()]);
  const body = {
    status: stopping() ? 'stopping' : ready ? 'ready' : 'api unreachable',
    ...(store !== undefined && { approval_store: store ? 'ready' : 'unreachable' }),
  };
  return { ready: ready && !stopping(), body };
}

function authenticate({ signIn, audit, log }: AppDependencies, settings: HttpSettings): MiddlewareHandler<HttpEnv> {
  if (!signIn) return admitAnyone();
  const refusals = new RefusalLog(audit, log, signIn.issuer);
  return requireSignIn(signIn, settings.publicUrl, limitsOf(settings), refusals);
}

function limitsOf({ httpConcurrent, httpPerMinute }: HttpSettings) {
  return { concurrent: httpConcurrent, perMinute: httpPerMinute };
}
