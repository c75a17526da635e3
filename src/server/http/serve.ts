import type { Fetch } from '../../aiven/fetch/fetch.ts';
import { reach } from '../../aiven/http.ts';
import type { Dependencies } from '../../calls/dependencies.ts';
import { Metrics } from '../../telemetry/metrics.ts';
import { createServerFactory } from '../mcp.ts';
import { oidcVerifier } from './auth/oidc.ts';
import { StaticTokens } from './auth/static-tokens.ts';
import { type Endpoint, startEndpoint } from './endpoint.ts';
import { remember } from './remember.ts';
import type { HttpSettings } from './settings.ts';

/** How long the API is taken to be as reachable as it last was, and how long a check takes at most, in milliseconds. */
const REACHABLE_MS = 5_000;
const CHECK_MS = 3_000;

/** The server over HTTP. */
export interface HttpServer extends Endpoint {
  /** Reads the file of static tokens again, and keeps those it has where that fails; undefined where none is set. */
  readonly reloadTokens: (() => void) | undefined;
}

/**
 * Serves the same factory as stdio does over HTTP: signed in, limited and counted. `outside` carries requests to the issuer.
 * It handles no signals, so that it can be started in any process.
 * @throws CmkError `invalid_settings` for an address that cannot be listened on, or a file of tokens that cannot be read.
 */
export async function startHttpServer(
  dependencies: Dependencies,
  settings: HttpSettings,
  outside: Fetch,
): Promise<HttpServer> {
  const { connection, inFlight, audit, log } = dependencies;
  const { oidcIssuer, oidcAudience, httpTokensFile } = settings;
  const tokens = httpTokensFile === undefined ? undefined : new StaticTokens(httpTokensFile);
  const issuer =
    oidcIssuer !== undefined && oidcAudience !== undefined
      ? { verifier: oidcVerifier(oidcIssuer, oidcAudience, outside), issuer: oidcIssuer }
      : undefined;
  const signIn = issuer ?? (tokens && { verifier: tokens, issuer: undefined });
  const metrics = settings.metrics && new Metrics();
  const factory = createServerFactory({ ...dependencies, ...(metrics && { observer: metrics }) }, settings);
  const reachable = remember(async () => (await reach(connection, CHECK_MS)) !== undefined, REACHABLE_MS);
  const used = { reachable, inFlight, audit, log, ...(signIn && { signIn }), ...(metrics && { metrics }) };
  const endpoint = await startEndpoint(factory, used, settings);
  return { ...endpoint, reloadTokens: tokens && (() => reload(tokens, log)) };
}

function reload(tokens: StaticTokens, log: (line: string) => void): void {
  try {
    tokens.reload();
    log('read AIVEN_CMK_HTTP_TOKENS_FILE again');
  } catch (error) {
    log(`kept the tokens that were: ${error instanceof Error ? error.message : String(error)}`);
  }
}
