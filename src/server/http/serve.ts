import type { OAuthTokenVerifier } from '@modelcontextprotocol/server';
import type { Hono } from 'hono';
import type { Fetch } from '../../aiven/fetch/fetch.ts';
import { reach } from '../../aiven/http.ts';
import type { Dependencies } from '../../calls/dependencies.ts';
import type { ApprovalStore } from '../../guard/approval/store.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { createServerFactory } from '../mcp.ts';
import { eitherVerifier } from './auth/either-verifier.ts';
import { oidcVerifier } from './auth/oidc.ts';
import type { SignIn } from './auth/sign-in.ts';
import { StaticTokens } from './auth/static-tokens.ts';
import { type Endpoint, startEndpoint } from './endpoint.ts';
import type { HttpEnv } from './http-env.ts';
import type { SharedCounts } from './rate-limit.ts';
import { remember } from './remember.ts';
import type { HttpSettings } from './settings.ts';

/** How long the result of a check that the API can be reached is kept, in milliseconds. */
const REACHABLE_MS = 5_000;

/** Maximum time of a check that the API can be reached, in milliseconds. */
const CHECK_MS = 3_000;

/** What the server uses beside the dependencies of calls. */
export interface HttpParts {
  /** Carries requests to the issuer. */
  readonly outside: Fetch;
  readonly metrics?: Metrics | undefined;
  /** What the replicas of a deployment share. */
  readonly shared?: (SharedCounts & { readonly approvals: ApprovalStore }) | undefined;
  /** Creates the routes of the approval page, where people sign in with tokens that the verifier of callers takes. */
  readonly createApprovals?: ((verifier: OAuthTokenVerifier) => Hono<HttpEnv>) | undefined;
}

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
  { outside, metrics, shared, createApprovals }: HttpParts,
): Promise<HttpServer> {
  const { connection, inFlight, audit, policy, log } = dependencies;
  const { httpTokensFile } = settings;
  const tokens = httpTokensFile === undefined ? undefined : new StaticTokens(httpTokensFile, settings.oidcIssuer);
  const { oidcIssuer, oidcAudience, oidcSubjectClaim } = settings;
  const people =
    oidcIssuer !== undefined && oidcAudience !== undefined
      ? oidcVerifier(oidcIssuer, oidcAudience, outside, oidcSubjectClaim, policy && (() => policy().claims))
      : undefined;
  const signIn = createSignIn(tokens, people, oidcIssuer);
  const factory = createServerFactory(dependencies, settings);
  const reachable = remember(async () => (await reach(connection, CHECK_MS)) !== undefined, REACHABLE_MS);
  const storeWorks = shared && remember(() => works(shared.approvals), REACHABLE_MS);
  const approvals = people && createApprovals?.(people);
  const used = { reachable, storeWorks, inFlight, audit, log, signIn, metrics, counts: shared, approvals };
  const endpoint = await startEndpoint(factory, used, settings);
  return { ...endpoint, reloadTokens: tokens && (() => reload(tokens, log)) };
}

/** Static tokens go first: they are known without asking the issuer, and no form of a token tells them from others. */
function createSignIn(
  tokens: StaticTokens | undefined,
  people: OAuthTokenVerifier | undefined,
  issuer: string | undefined,
): SignIn | undefined {
  if (tokens && people) return { verifier: eitherVerifier(tokens, people), issuer };
  if (people) return { verifier: people, issuer };
  return tokens && { verifier: tokens, issuer: undefined };
}

function works(store: ApprovalStore): Promise<boolean> {
  return store.check().then(
    () => true,
    () => false,
  );
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
