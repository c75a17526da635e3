import { type HttpBindings, serve } from '@hono/node-server';
import {
  type AuthInfo,
  createMcpHandler,
  getOAuthProtectedResourceMetadataUrl,
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  type McpRequestContext,
  type McpServer,
  type OAuthTokenVerifier,
  originValidationResponse,
  readRequestBody,
  requireBearerAuth,
} from '@modelcontextprotocol/server';
import { Hono } from 'hono';
import type { InFlight } from '../../calls/in-flight.ts';
import { CmkError } from '../../core/errors.ts';
import { sanitize } from '../../core/sanitize.ts';
import { SCOPES } from '../../guard/scopes.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { RateLimiter, type RateLimits } from './rate-limit.ts';

/** How long requests under way may take to end once the process is told to stop, in milliseconds; writes may take longer. */
const DRAIN_MS = 10_000;

/** How the endpoint is served. */
export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly bodyBytes: number;
  readonly timeoutMs: number;
  readonly limits: RateLimits;
  /** Who may call; absent where everyone who can connect may. */
  readonly signIn?: { readonly verifier: OAuthTokenVerifier; readonly issuer?: string | undefined };
  /** The endpoint as clients see it, where that is not where it listens. */
  readonly publicUrl?: string | undefined;
  /** Whether the Aiven API can be reached. */
  readonly reachable: () => Promise<boolean>;
  readonly inFlight: InFlight;
  readonly metrics: Metrics;
  readonly log: (line: string) => void;
}

/** Serves every protocol revision at `/mcp`, each request by itself. Resolves once the process was told to stop and is done. */
export async function serveOverHttp(
  factory: (context: McpRequestContext) => McpServer,
  options: HttpOptions,
): Promise<void> {
  const { host, port, timeoutMs, log } = options;
  const told = new Promise<void>((resolve) => process.once('SIGTERM', resolve).once('SIGINT', resolve));
  let stopping = false;
  const app = createApp(factory, options, () => stopping);
  const server = serve({
    fetch: app.fetch,
    hostname: host.replace(/^\[(.*)\]$/, '$1'),
    port,
    serverOptions: {
      headersTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      connectionsCheckingInterval: Math.min(timeoutMs, 1_000),
    },
  });
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject)).catch(
    (cause) => {
      const message = `--http ${host}:${port} cannot be listened on (${cause.code}): it takes an address of this machine and a free port.`;
      throw new CmkError('invalid_settings', message, { cause });
    },
  );
  const address = server.address();
  log(`listening on http://${host}:${typeof address === 'object' ? address?.port : port}/mcp`);
  await told;
  stopping = true;
  const closed = new Promise((resolve) => server.close(resolve));
  const idle = setInterval(() => 'closeIdleConnections' in server && server.closeIdleConnections(), 50);
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    closed,
    new Promise((resolve) => {
      timer = setTimeout(resolve, DRAIN_MS);
    }),
  ]);
  clearTimeout(timer);
  await options.inFlight.writesDone();
  // The call around a write still has to look, answer and write its record.
  await Promise.race([closed, options.inFlight.callsDone(), new Promise((resolve) => setTimeout(resolve, DRAIN_MS))]);
  clearInterval(idle);
}

function createApp(factory: (context: McpRequestContext) => McpServer, options: HttpOptions, stopping: () => boolean) {
  const { metrics, publicUrl, signIn, log } = options;
  const hosts = [...localhostAllowedHostnames(), ...options.allowedHosts];
  const origins = [...localhostAllowedOrigins(), ...options.allowedOrigins];
  const handler = createMcpHandler(factory, {
    onerror: (error) => log(sanitize(error.message)),
  });
  const gate = new RateLimiter(options.limits);
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use('/mcp', async (context, next) => {
    await next();
    metrics.response(context.res.status);
  });
  app.use(async (context, next) => {
    const refusal =
      hostHeaderValidationResponse(context.req.raw, hosts) ?? originValidationResponse(context.req.raw, origins);
    if (refusal) return refusal;
    await next();
  });
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    const ready = !stopping() && (await options.reachable());
    return context.json({ status: ready ? 'ready' : stopping() ? 'stopping' : 'api unreachable' }, ready ? 200 : 503);
  });
  app.get('/metrics', async () => {
    const { body, contentType } = await metrics.text();
    return new Response(body, { headers: { 'content-type': contentType } });
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
  app.all('/mcp', async (context) => {
    const request = context.req.raw;
    const authInfo = await signedIn(request, options);
    if (authInfo instanceof Response) return authInfo;
    const body = request.method === 'POST' ? await read(request, options.bodyBytes) : undefined;
    if (body?.tooLarge) return refuse(413, -32000, `A request takes at most ${options.bodyBytes} bytes.`);
    const parsedBody = body && parseJson(body.text);
    if (body && parsedBody === undefined) return refuse(400, -32700, 'The request is no JSON.');
    const entry = await gate.acquire(authInfo?.clientId ?? 'anyone', Array.isArray(parsedBody) ? parsedBody.length : 1);
    if ('retryAfter' in entry) return tooMany(entry.retryAfter);
    // An answer to a 2025 client is a stream, so it ends with the connection's response and not with this handler; a
    // client that left while it signed in has no such end any more.
    const { outgoing } = context.env;
    if (outgoing.destroyed || outgoing.closed) entry.release();
    else outgoing.once('close', entry.release);
    return handler.fetch(request, { parsedBody, ...(authInfo && { authInfo }) });
  });
  app.onError((error, context) => {
    // A caller that left cannot be answered, and is no defect.
    if (!context.env.outgoing.destroyed) log(error.stack ?? error.message);
    return context.json({ error: 'internal' }, 500);
  });
  return app;
}

/** The body, within a limit. Where its length is declared, which Node holds it to, it is read at once, not as a stream. */
async function read(request: Request, limit: number): Promise<{ tooLarge: boolean; text: string }> {
  const declared = Number(request.headers.get('content-length') ?? Number.NaN);
  if (declared <= limit) return { tooLarge: false, text: await request.text() };
  const body = await readRequestBody(request, limit);
  return body.tooLarge ? { tooLarge: true, text: '' } : body;
}

/** The caller, nobody where no sign-in is asked for, or the answer that tells how to sign in. */
async function signedIn(
  request: Request,
  { signIn, publicUrl }: HttpOptions,
): Promise<AuthInfo | Response | undefined> {
  if (!signIn) return undefined;
  const url = signIn.issuer && getOAuthProtectedResourceMetadataUrl(new URL(resourceOf(request, publicUrl)));
  const { verifier } = signIn;
  return requireBearerAuth({ verifier, ...(url && { resourceMetadataUrl: url }) })(request);
}

/** The endpoint's own identifier (RFC 9728): what clients connect to. */
function resourceOf(request: Request, publicUrl: string | undefined): string {
  return publicUrl ?? new URL('/mcp', request.url).href;
}

function tooMany(retryAfter: number): Response {
  const headers = { 'retry-after': String(retryAfter) };
  return refuse(429, -32000, `Too many requests: call again in ${retryAfter} s.`, headers);
}

function refuse(status: number, code: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ jsonrpc: '2.0', id: null, error: { code, message } }, { status, headers });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
