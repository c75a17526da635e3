import { OAuthError, type OAuthTokenVerifier } from '@modelcontextprotocol/server';
import { jwtVerify } from 'jose';
import type { Fetch } from '../../../aiven/fetch/fetch.ts';
import { ALGORITHMS, checkHeader, claimsOf, scopesOf, subjectOf } from './access-token.ts';
import { createIssuerKeys } from './issuer-keys.ts';
import { reasonOf, tokenRefused } from './sign-in-error.ts';

/** Maximum difference between the issuer's clock and this machine's, in seconds. */
const CLOCK_SKEW_S = 5;

/**
 * Verifies access tokens of an OpenID Connect issuer: JWTs made for `audience` and signed with the issuer's keys. The claim
 * `subjectClaim` tells who the caller is: the same for every token that one person may get, and never given to another. Of the
 * other claims, those are passed on that `claimNames` returns at the time.
 */
export function oidcVerifier(
  issuer: string,
  audience: string,
  fetch: Fetch,
  subjectClaim = 'sub',
  claimNames?: () => readonly string[],
): OAuthTokenVerifier {
  const getKeys = createIssuerKeys(issuer, fetch);
  const options = {
    issuer,
    audience,
    algorithms: ALGORITHMS,
    clockTolerance: CLOCK_SKEW_S,
    requiredClaims: ['exp', subjectClaim],
  };
  return {
    async verifyAccessToken(token) {
      checkHeader(token);
      const { payload } = await jwtVerify(token, await getKeys(), options).catch((error: unknown) => {
        throw error instanceof OAuthError ? error : tokenRefused(reasonOf(error));
      });
      return {
        token: '', // It goes no further than here.
        clientId: subjectOf(payload, subjectClaim),
        scopes: scopesOf(payload),
        // The SDK compares this with the clock again, without tolerance.
        expiresAt: Number(payload.exp) + CLOCK_SKEW_S,
        extra: { issuer, ...(claimNames && { claims: claimsOf(payload, claimNames()) }) },
      };
    },
  };
}
