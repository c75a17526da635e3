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

/** How long the result of a check that the API can be reached is kept, in milliseconds. */
const REACHABLE_MS = 5_000;

/** Maximum time of a check that the API can be reached, in milliseconds. */
const CHECK_MS = 3_000;

/** The server over HTTP. */
export interface HttpServer extends Endpoint {
  /** Reads the file of static tokens again; if that fails, the tokens stay as they are. Undefined if no file is set. */
  readonly reloadTokens: (() => void) | undefined;
}

/**
 * Serves MCP over HTTP, with sign-in, limits and metrics as set. `outside` sends the requests to the issuer. Handles no
 * signals, so that it can be started in any process.
 * @throws CmkError `invalid_settings` for an address that cannot be listened on, or a token file that cannot be read.
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
    log(
      `kept the tokens, because the file could not be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
