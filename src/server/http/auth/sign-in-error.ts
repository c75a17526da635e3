import { OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';

/** Returns the error for a refused token. The client gets no reason; `reason` is for the audit log. */
export function tokenRefused(reason: string): OAuthError {
  const error = new OAuthError(OAuthErrorCode.InvalidToken, 'The token is not valid here.');
  return Object.assign(error, { cause: reason });
}

/** Returns the error for a token that cannot be checked because the issuer failed. `reason` is for the audit log. */
export function issuerFailed(reason: string): OAuthError {
  const error = new OAuthError(OAuthErrorCode.ServerError, 'The issuer cannot be reached to check the token.');
  return Object.assign(error, { cause: reason });
}

/** Returns why a sign-in failed, for the audit log. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return typeof error.cause === 'string' ? error.cause : error.message;
}
