import { OAuthError, OAuthErrorCode, type OAuthTokenVerifier } from '@modelcontextprotocol/server';
import type { StaticTokens } from './static-tokens.ts';

/**
 * Verifies static tokens and those of an issuer, for scripts beside people. A token that is in the file is never looked at as
 * the issuer's; the refusal of any other is the issuer's.
 */
export function eitherVerifier(tokens: StaticTokens, issuer: OAuthTokenVerifier): OAuthTokenVerifier {
  return {
    async verifyAccessToken(token) {
      try {
        return await tokens.verifyAccessToken(token);
      } catch (error) {
        if (!(error instanceof OAuthError) || error.code !== OAuthErrorCode.InvalidToken) throw error;
      }
      return issuer.verifyAccessToken(token);
    },
  };
}
