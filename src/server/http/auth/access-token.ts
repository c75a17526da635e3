import { decodeProtectedHeader, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import { tokenRefused } from './sign-in-error.ts';

/** Signature algorithms that a holder of the public keys cannot use to sign. */
export const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** Types of access tokens (RFC 9068) and of JWTs whose issuer does not say for what they are. */
const TYPES = ['at+jwt', 'jwt'];

/** Maximum length of a subject, in characters (OpenID Connect Core, 2). */
const SUBJECT_MAX = 255;

/** Words of characters that print as something, with one space between them. */
const SUBJECT = /^[^\p{C}\p{Z}\p{DI}]+(?: [^\p{C}\p{Z}\p{DI}]+)*$/u;

/** Checks what a token says of itself, before the issuer is asked for anything. @throws OAuthError */
export function checkHeader(token: string): void {
  let header: ProtectedHeaderParameters;
  try {
    header = decodeProtectedHeader(token);
  } catch {
    throw tokenRefused('the token is no JWT');
  }
  if (!ALGORITHMS.some((name) => name === header.alg)) throw tokenRefused('its algorithm is not accepted');
  if (!isAccessTokenType(header.typ)) throw tokenRefused('its type is not that of an access token');
}

/** A media type in any case, whose `application/` may be left out (RFC 7515, 4.1.9). */
function isAccessTokenType(typ: unknown): boolean {
  if (typ === undefined) return true;
  return typeof typ === 'string' && TYPES.includes(typ.toLowerCase().replace(/^application\//, ''));
}

/**
 * Returns the subject of a verified token, which becomes the caller's name. It is refused rather than cleaned where it
 * could not be printed as it is, so that no two subjects become one caller.
 * @throws OAuthError also for a token bound to a key (RFC 7800): its caller would have to prove that it has the key.
 */
export function subjectOf({ sub, ...claims }: JWTPayload): string {
  if ('cnf' in claims) throw tokenRefused('the token is bound to a key (cnf), which is not supported');
  if (typeof sub === 'string' && sub.length <= SUBJECT_MAX && SUBJECT.test(sub)) return sub;
  throw tokenRefused(`its subject (sub) is not 1 to ${SUBJECT_MAX} printable characters`);
}

/** Returns RFC 8693's `scope`, a list separated by spaces, or the `scp` that some issuers use, a list or an array. */
export function scopesOf({ scope, scp }: JWTPayload): string[] {
  const given = scope ?? scp;
  if (Array.isArray(given)) return given.map(String);
  return typeof given === 'string' ? given.split(' ') : [];
}
