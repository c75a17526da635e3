import { OAuthError, type OAuthTokenVerifier } from '@modelcontextprotocol/server';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretBasic,
  type Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { Fetch } from '../../../aiven/fetch/fetch.ts';
import { callerId } from '../../../core/caller.ts';
import type { Secret } from '../../../core/secret.ts';
import type { Person } from '../../../guard/approval/decisions.ts';
import { APPROVE_SCOPE } from '../../../guard/scopes.ts';
import { issuerFailed, reasonOf, tokenRefused } from '../auth/sign-in-error.ts';
import { remember } from '../remember.ts';

/** Maximum time for a response of the issuer, in seconds. */
const ISSUER_S = 5;

/** How long discovered metadata is kept, and how long an issuer that failed is not asked again, in milliseconds. */
const DISCOVERY_MS = 3_600_000;
const FAILED_MS = 2_000;

/** How far an issuer's clock may be from ours, in seconds. */
const CLOCK_SKEW_S = 5;

/** How people sign in on the page. */
export interface PageSignInOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Absent for a public client. */
  readonly clientSecret?: Secret | undefined;
  /** Scopes to ask for, separated by spaces: `openid`, and what the issuer gives an access token for `audience` for. */
  readonly scopes: string;
  /** The resource to ask a token for (RFC 8707), where the issuer takes it. */
  readonly resource?: string | undefined;
  /** The audience of access tokens, as the verifier checks it. */
  readonly audience: string;
  /** The authentication context that people have to sign in with. */
  readonly acr?: string | undefined;
  /** How old a sign-in may be for a decision, in seconds. */
  readonly maxAgeS: number;
  /** The address of `/approvals/callback`, as browsers see it. */
  readonly redirectUri: string;
  readonly fetch: Fetch;
  /** The verifier that callers of `/mcp` pass: with it, one person has one subject. */
  readonly verifier: OAuthTokenVerifier;
}

/** What the browser keeps while its person is at the issuer. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Signs people in with the issuer (OpenID Connect: code flow, PKCE, state and nonce). */
export interface PageSignIn {
  /** Returns where the browser has to go. @throws OAuthError `server_error` where the issuer fails. */
  begin(): Promise<{ readonly url: URL; readonly attempt: Attempt }>;
  /** Returns who signed in, by the parameters with which the issuer sent the browser back. @throws OAuthError */
  finish(parameters: URLSearchParams, attempt: Attempt): Promise<Person>;
  /** Whether a person signed in as a decision takes it: not too long ago, and in the way that is asked for. */
  isFresh(person: Person): boolean;
}

/** Creates the sign-in of the page. The issuer is asked at the first sign-in, and its metadata kept for an hour. */
export function createPageSignIn(options: PageSignInOptions): PageSignIn {
  const { scopes, resource, acr, maxAgeS, redirectUri } = options;
  const configure = remember(() => discover(options), DISCOVERY_MS, FAILED_MS);
  const isFresh = ({ authTime, acr: given }: Pick<Person, 'authTime' | 'acr'>) => {
    const age = Date.now() / 1_000 - authTime;
    return age >= -CLOCK_SKEW_S && age <= maxAgeS + CLOCK_SKEW_S && (acr === undefined || given === acr);
  };
  return {
    isFresh,
    async begin() {
      const attempt = { state: randomState(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier() };
      const url = buildAuthorizationUrl(await configure(), {
        redirect_uri: redirectUri,
        scope: scopes,
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await calculatePKCECodeChallenge(attempt.codeVerifier),
        code_challenge_method: 'S256',
        max_age: String(maxAgeS),
        ...(acr !== undefined && { acr_values: acr }),
        ...(resource !== undefined && { resource }),
      });
      return { url, attempt };
    },
    async finish(parameters, { state, nonce, codeVerifier }) {
      const address = new URL(redirectUri);
      address.search = parameters.toString();
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier, maxAge: maxAgeS };
      const configuration = await configure();
      const tokens = await authorizationCodeGrant(configuration, address, checks, resource ? { resource } : {}).catch(
        (error: unknown) => {
          throw tokenRefused(`the issuer’s response is not accepted: ${reasonsOf(error)}`);
        },
      );
      const claims = tokens.claims();
      const authTime = claims?.auth_time ?? Number.NaN; // Which is never fresh.
      const signedIn = { authTime, ...(typeof claims?.acr === 'string' && { acr: claims.acr }) };
      if (!isFresh(signedIn)) {
        throw tokenRefused(
          'the ID token says of no sign-in as fresh (auth_time) and in the way (acr) that is asked for',
        );
      }
      return { ...(await verifyAccess(tokens.access_token, options)), ...signedIn };
    },
  };
}

async function discover({ issuer, clientId, clientSecret, fetch }: PageSignInOptions): Promise<Configuration> {
  const auth = clientSecret ? ClientSecretBasic(clientSecret.expose()) : None();
  // The settings take an issuer over https, or over http on loopback.
  const insecure = issuer.startsWith('http:') ? [allowInsecureRequests] : [];
  return discovery(new URL(issuer), clientId, {}, auth, {
    execute: [...insecure, enableNonRepudiationChecks],
    timeout: ISSUER_S,
    [customFetch]: (url, { body, headers, method, redirect, signal }) =>
      fetch(new Request(url, { method, headers, redirect, body: body ?? null, ...(signal && { signal }) })),
  }).catch((error: unknown) => {
    throw issuerFailed(`the issuer’s metadata cannot be used: ${reasonsOf(error)}`);
  });
}

/** The token is not kept: it says who signed in, and that is all. */
async function verifyAccess(
  token: string,
  { issuer, audience, verifier }: PageSignInOptions,
): Promise<Pick<Person, 'id' | 'name' | 'scopes'>> {
  const { clientId, scopes, extra } = await verifier.verifyAccessToken(token).catch((error: unknown) => {
    if (error instanceof OAuthError && error.code !== 'invalid_token') throw error;
    throw tokenRefused(`the issuer gave no access token for ${audience}: ${reasonOf(error)}`);
  });
  if (extra?.issuer !== issuer) throw tokenRefused('the access token is not the issuer’s');
  return { id: callerId(clientId, issuer), name: clientId, scopes: scopes.filter((scope) => scope === APPROVE_SCOPE) };
}

/** The messages and codes of an error and its causes, for the log: those of the library name nothing by themselves. */
function reasonsOf(error: unknown): string {
  if (!(error instanceof Error)) return reasonOf(error);
  const codes = ['code', 'error']
    .map((name): unknown => Reflect.get(error, name))
    .filter((code) => typeof code === 'string');
  const own = [error.message, ...codes].join(', ');
  return error.cause instanceof Error ? `${own}: ${reasonsOf(error.cause)}` : own;
}
