import {
  type AuthInfo,
  bearerAuthChallengeResponse,
  getOAuthProtectedResourceMetadataUrl,
  OAuthError,
  OAuthErrorCode,
  type OAuthTokenVerifier,
  verifyBearerToken,
} from '@modelcontextprotocol/server';
import type { MiddlewareHandler } from 'hono';
import { SCOPES } from '../../../guard/scopes.ts';
import { networkOf, remoteAddress } from '../address.ts';
import type { CallerDetails, HttpEnv } from '../http-env.ts';
import { RateLimiter, type RateLimits } from '../rate-limit.ts';
import { tooManyRequests } from '../responses.ts';
import { KnownCredentials } from './known-credentials.ts';
import type { RefusalLog } from './refusal-log.ts';
import { reasonOf } from './sign-in-error.ts';

/**
 * Limit of one address for sign-ins with credentials that were not accepted before, as a multiple of a caller's limits: the
 * address may be that of a proxy that all callers share.
 */
const ADDRESS_CALLERS = 10;

/** How callers sign in. */
export interface SignIn {
  readonly verifier: OAuthTokenVerifier;
  /** The issuer of the tokens; undefined for static tokens. */
  readonly issuer: string | undefined;
}

/** Creates the middleware that admits every caller, with all scopes. */
export function admitAnyone(): MiddlewareHandler<HttpEnv> {
  return async (context, next) => {
    const extra = { address: remoteAddress(context.env.incoming), anonymous: true } satisfies CallerDetails;
    context.set('authInfo', { token: '', clientId: 'anyone', scopes: [...SCOPES], extra });
    await next();
  };
}

/**
 * Creates the middleware that admits callers with a valid token, and otherwise responds with the challenge of RFC 9728.
 * Credentials that were not accepted before are limited by address before they are verified, so that many bad tokens do not
 * lock out a caller whose token was accepted.
 */
export function requireSignIn(
  { verifier, issuer }: SignIn,
  publicUrl: string | undefined,
  { concurrent, perMinute }: RateLimits,
  refusals: RefusalLog,
): MiddlewareHandler<HttpEnv> {
  const limits = { concurrent: ADDRESS_CALLERS * concurrent, perMinute: ADDRESS_CALLERS * perMinute };
  const addresses = new RateLimiter(limits);
  const known = new KnownCredentials();
  return async (context, next) => {
    const request = context.req.raw;
    const address = remoteAddress(context.env.incoming);
    const credential = request.headers.get('authorization') ?? '';
    const share = known.has(credential) ? undefined : await addresses.acquire(networkOf(address), 1);
    if (share && 'retryAfter' in share) {
      refusals.write(address, 'too many sign-ins of this address were refused');
      return tooManyRequests(share.retryAfter);
    }
    const resourceMetadataUrl = issuer && metadataUrlOf(request, publicUrl);
    const options = { verifier, ...(resourceMetadataUrl && { resourceMetadataUrl }) };
    try {
      const authInfo: AuthInfo = await verifyBearerToken(credential, options);
      known.add(credential);
      share?.refund();
      context.set('authInfo', { ...authInfo, extra: { ...authInfo.extra, address } });
    } catch (error) {
      if (error instanceof OAuthError && error.code === OAuthErrorCode.InvalidToken) known.delete(credential);
      refusals.write(address, reasonOf(error));
      return bearerAuthChallengeResponse(error, options);
    } finally {
      share?.release();
    }
    return next();
  };
}

/** Returns the endpoint's own identifier (RFC 9728): the URL that clients connect to. */
export function resourceOf(request: Request, publicUrl: string | undefined): string {
  return publicUrl ?? new URL('/mcp', request.url).href;
}

function metadataUrlOf(request: Request, publicUrl: string | undefined): string {
  return getOAuthProtectedResourceMetadataUrl(new URL(resourceOf(request, publicUrl)));
}
