import { OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';

/** Returns the refusal of a token. The client is told no more than that; `reason` is for the record. */
export function tokenRefused(reason: string): OAuthError {
  const error = new OAuthError(OAuthErrorCode.InvalidToken, 'The token is not valid here.');
  return Object.assign(error, { cause: reason });
}

/** Returns the failure to check a token, because of the issuer. The client is told no more than that. */
export function issuerFailed(reason: string): OAuthError {
  const error = new OAuthError(OAuthErrorCode.ServerError, 'The issuer cannot be reached to check the token.');
  return Object.assign(error, { cause: reason });
}

/** Returns why a sign-in failed, for the record. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return typeof error.cause === 'string' ? error.cause : error.message;
}
