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
 * How many callers' limits one address has for sign-ins that are not known to be good: it may be a proxy's, behind which
 * all callers are, who then wait for none but those that are refused.
 */
const ADDRESS_CALLERS = 10;

/** How callers sign in. */
export interface SignIn {
  readonly verifier: OAuthTokenVerifier;
  /** Where clients get their tokens; absent for static tokens. */
  readonly issuer: string | undefined;
}

/** Lets everyone in who can connect. */
export function admitAnyone(): MiddlewareHandler<HttpEnv> {
  return async (context, next) => {
    const extra = { address: remoteAddress(context.env.incoming), anonymous: true } satisfies CallerDetails;
    context.set('authInfo', { token: '', clientId: 'anyone', scopes: [...SCOPES], extra });
    await next();
  };
}

/**
 * Lets those in who present a valid token, or tells the client how to get one. Refused tokens are limited by address
 * before they are verified; a credential that was accepted before is not, so that no flood shuts its caller out.
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
