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
import { rateLimit } from './rate-limit.ts';
import type { HttpSettings } from './settings.ts';

/** Creates the MCP server of one request. */
export type ServerFactory = (context: McpRequestContext) => McpServer;

/** The dependencies of the routes. */
export interface AppDependencies {
  /** Whether the Aiven API can be reached. */
  readonly reachable: () => Promise<boolean>;
  /** How callers sign in; absent if everyone who can connect may call. */
  readonly signIn?: SignIn;
  readonly metrics?: Metrics;
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
  const { reachable, signIn, metrics, log } = dependencies;
  const { publicUrl } = settings;
  const handler = createMcpHandler(factory, { onerror: (error) => log(sanitize(error.message)) });
  const app = new Hono<HttpEnv>();
  app.use('/mcp', async (context, next) => {
    await next();
    metrics?.response(context.res.status);
  });
  app.use(hostCheck(settings));
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    const ready = !stopping() && (await reachable());
    return context.json({ status: ready ? 'ready' : stopping() ? 'stopping' : 'api unreachable' }, ready ? 200 : 503);
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
  // In this order: a body is read only once its caller is known and within its limits.
  app.use('/mcp', authenticate(dependencies, settings), rateLimit(limitsOf(settings)));
  app.all('/mcp', async (context) => {
    const request = context.req.raw;
    const authInfo = context.get('authInfo');
    if (request.method !== 'POST') return handler.fetch(request, { authInfo });
    const body = await readJson(request, settings.httpBodyBytes);
    if (body instanceof Response) return body;
    const more = Array.isArray(body.value) ? body.value.length - 1 : 0;
    const rejection = more > 0 ? await context.get('acquire')(more) : undefined;
    return rejection ?? handler.fetch(request, { parsedBody: body.value, authInfo });
  });
  app.onError((error, context) => {
    // A client that has disconnected is no defect.
    if (!context.env.outgoing.destroyed) log(error.stack ?? error.message);
    return context.json({ error: 'internal' }, 500);
  });
  return app;
}

function authenticate({ signIn, audit, log }: AppDependencies, settings: HttpSettings): MiddlewareHandler<HttpEnv> {
  if (!signIn) return admitAnyone();
  const refusals = new RefusalLog(audit, log, signIn.issuer);
  return requireSignIn(signIn, settings.publicUrl, limitsOf(settings), refusals);
}

function limitsOf({ httpConcurrent, httpPerMinute }: HttpSettings) {
  return { concurrent: httpConcurrent, perMinute: httpPerMinute };
}
