import { decodeProtectedHeader, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import { tokenRefused } from './sign-in-error.ts';

/** Asymmetric signature algorithms: the public keys cannot be used to sign. */
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

/** Types of access tokens (RFC 9068) and of JWTs whose issuer does not state their purpose. */
const TYPES = ['at+jwt', 'jwt'];

/** Maximum length of a subject, in characters (OpenID Connect Core, 2). */
const SUBJECT_MAX = 255;

/** Words of visible characters, with one space between them. */
const SUBJECT = /^[^\p{C}\p{Z}\p{DI}]+(?: [^\p{C}\p{Z}\p{DI}]+)*$/u;

/** Checks the header of a token, before a request is sent to the issuer. @throws OAuthError */
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

/** Whether a `typ` is accepted: a media type in any letter case, whose `application/` may be omitted (RFC 7515, 4.1.9). */
function isAccessTokenType(typ: unknown): boolean {
  if (typ === undefined) return true;
  return typeof typ === 'string' && TYPES.includes(typ.toLowerCase().replace(/^application\//, ''));
}

/**
 * Returns the subject of a verified token, which becomes the caller's name. A subject that cannot be printed unchanged is
 * refused, not sanitized, so that no two subjects become one caller.
 * @throws OAuthError also for a token bound to a key (RFC 7800): proof of possession is not supported.
 */
export function subjectOf(claims: JWTPayload, claim = 'sub'): string {
  if ('cnf' in claims) throw tokenRefused('the token is bound to a key (cnf), which is not supported');
  const subject = claims[claim];
  if (typeof subject === 'string' && isSubject(subject)) return subject;
  throw tokenRefused(`its subject (${claim}) is not 1 to ${SUBJECT_MAX} printable characters`);
}

/** Whether a text can be a subject: 1 to 255 characters that can be printed as they are. */
export function isSubject(text: string): boolean {
  return text.length <= SUBJECT_MAX && SUBJECT.test(text);
}

/** Maximum number of values of one claim, and maximum length of one value, in characters. */
const VALUES_MAX = 200;
const VALUE_MAX = 255;

/**
 * Returns the claims of these names, each as a list of texts. One that is neither a text nor a list of texts, or is over a
 * limit, is left out as a whole: a part of a list would look like another list.
 */
export function claimsOf(payload: JWTPayload, names: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = Object.hasOwn(payload, name) ? payload[name] : undefined;
      const values: unknown[] = Array.isArray(value) ? value : [value];
      const isText = (each: unknown): each is string => typeof each === 'string' && each.length <= VALUE_MAX;
      return values.length <= VALUES_MAX && values.every(isText) ? [[name, values]] : [];
    }),
  );
}

/** Returns the scopes of a token: of `scope`, separated by spaces (RFC 8693), or of the `scp` of some issuers, also an array. */
export function scopesOf({ scope, scp }: JWTPayload): string[] {
  const given = scope ?? scp;
  if (Array.isArray(given)) return given.map(String);
  return typeof given === 'string' ? given.split(' ') : [];
}
