import type { Fetch } from '../../aiven/fetch/fetch.ts';
import { reach } from '../../aiven/http.ts';
import type { Dependencies } from '../../calls/call.ts';
import { Metrics } from '../../telemetry/metrics.ts';
import type { ToolPolicy } from '../../tools/catalog.ts';
import { createServerFactory } from '../mcp.ts';
import { type HttpOptions, serveOverHttp } from './app.ts';
import { oidcVerifier, StaticTokens } from './auth.ts';

/** How long the API is taken to be as reachable as it last was, and how long a look takes at most, in milliseconds. */
const REACHABLE_MS = 5_000;
const LOOK_MS = 3_000;

/** The settings that HTTP takes. */
export interface HttpSettings extends ToolPolicy {
  /** The way to the issuer. */
  readonly outside: Fetch;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly oidcIssuer: string | undefined;
  readonly oidcAudience: string | undefined;
  readonly httpTokensFile: string | undefined;
  readonly publicUrl: string | undefined;
  readonly httpBodyBytes: number;
  readonly httpTimeoutMs: number;
  readonly httpConcurrent: number;
  readonly httpPerMinute: number;
}

/** Serves the same factory as stdio does over HTTP, signed in, bounded and counted. */
export async function serveHttp(
  services: Dependencies,
  settings: HttpSettings,
  address: { host: string; port: number },
): Promise<void> {
  const metrics = new Metrics();
  const signIn = signInOf(settings, services.log);
  await serveOverHttp(createServerFactory({ ...services, observer: metrics }, settings), {
    ...address,
    allowedHosts: settings.allowedHosts,
    allowedOrigins: settings.allowedOrigins,
    bodyBytes: settings.httpBodyBytes,
    timeoutMs: settings.httpTimeoutMs,
    limits: { concurrent: settings.httpConcurrent, perMinute: settings.httpPerMinute },
    ...(signIn && { signIn }),
    publicUrl: settings.publicUrl,
    reachable: remembered(async () => (await reach(services.connection, LOOK_MS)) !== undefined, REACHABLE_MS),
    inFlight: services.inFlight,
    metrics,
    log: services.log,
  });
}

function signInOf(settings: HttpSettings, log: (line: string) => void): HttpOptions['signIn'] {
  const { oidcIssuer, oidcAudience, httpTokensFile, outside } = settings;
  if (oidcIssuer !== undefined && oidcAudience !== undefined) {
    return { verifier: oidcVerifier(oidcIssuer, oidcAudience, outside), issuer: oidcIssuer };
  }
  if (httpTokensFile === undefined) return undefined;
  const verifier = new StaticTokens(httpTokensFile);
  process.on('SIGHUP', () => {
    try {
      verifier.reload();
      log('read AIVEN_CMK_HTTP_TOKENS_FILE again');
    } catch (error) {
      log(`kept the tokens that were: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  return { verifier };
}

/** The answer of `look`, asked at most once in a while, however many want to know. */
function remembered(look: () => Promise<boolean>, milliseconds: number): () => Promise<boolean> {
  let last: { answer: Promise<boolean>; until: number } | undefined;
  return () => {
    if (!last || last.until < Date.now()) last = { answer: look(), until: Date.now() + milliseconds };
    return last.answer;
  };
}
