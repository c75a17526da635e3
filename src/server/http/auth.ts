import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AuthInfo, OAuthError, OAuthErrorCode, type OAuthTokenVerifier } from '@modelcontextprotocol/server';
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Fetch } from '../../aiven/fetch/fetch.ts';
import { CmkError } from '../../core/errors.ts';
import { SCOPES } from '../../guard/scopes.ts';

/** Signatures that a holder of the public keys cannot make. */
const ALGORITHMS = [
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

/** How far an issuer's clock may be from ours, in seconds. */
const CLOCK_SKEW_S = 5;

/** How long to wait for the issuer, and how soon to ask it again for a key it did not have, in milliseconds. */
const ISSUER_MS = 5_000;
const KEYS_COOLDOWN_MS = 1_000;

/** How long discovered metadata may be kept, in milliseconds. */
const DISCOVERY_MS = 3_600_000;

/**
 * Access tokens of an OpenID Connect issuer: JWTs whose keys are discovered, cached, and fetched again for an unknown
 * key id, so that rotation is followed.
 */
export function oidcVerifier(issuer: string, audience: string, fetch: Fetch): OAuthTokenVerifier {
  let keys: { set: ReturnType<typeof createRemoteJWKSet>; until: number } | undefined;

  async function discover() {
    if (keys && keys.until > Date.now()) return keys.set;
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const response = await fetch(new Request(url, { redirect: 'error', signal: AbortSignal.timeout(ISSUER_MS) }));
    const metadata = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
    if (!response.ok || metadata.issuer !== issuer || typeof metadata.jwks_uri !== 'string') {
      throw new Error('The issuer’s metadata is not that of the issuer.');
    }
    const options = {
      timeoutDuration: ISSUER_MS,
      cooldownDuration: KEYS_COOLDOWN_MS,
      [customFetch]: (url: string, init: object) => fetch(new Request(url, init)),
    };
    keys = { set: createRemoteJWKSet(new URL(metadata.jwks_uri), options), until: Date.now() + DISCOVERY_MS };
    return keys.set;
  }

  return {
    async verifyAccessToken(token) {
      const set = await discover().catch(() => {
        throw new OAuthError(OAuthErrorCode.ServerError, 'The issuer cannot be reached to check the token.');
      });
      const options = {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_SKEW_S,
        requiredClaims: ['exp', 'sub'],
      };
      const { payload } = await jwtVerify(token, set, options).catch((error: unknown) => {
        if (error instanceof errors.JWKSTimeout) {
          throw new OAuthError(OAuthErrorCode.ServerError, 'The issuer cannot be reached to check the token.');
        }
        throw new OAuthError(OAuthErrorCode.InvalidToken, 'The token is not valid here.');
      });
      return toAuthInfo(String(payload.sub), scopesOf(payload), Number(payload.exp));
    },
  };
}

/** RFC 8693's `scope`, a list parted by spaces, or the `scp` that some issuers use, a list or an array. */
function scopesOf({ scope, scp }: JWTPayload): string[] {
  const given = scope ?? scp;
  if (Array.isArray(given)) return given.map(String);
  return typeof given === 'string' ? given.split(' ') : [];
}

interface StaticToken {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly hash: Buffer;
}

/** Static bearer tokens of a file that holds only their hashes. */
export class StaticTokens implements OAuthTokenVerifier {
  readonly #file: string;
  #tokens: readonly StaticToken[];

  /** @throws CmkError `invalid_settings` for a file that cannot be read or understood. */
  constructor(file: string) {
    this.#file = file;
    this.#tokens = readTokens(file);
  }

  /** Reads the file again. @throws CmkError, and keeps the tokens it has, where that fails. */
  reload(): void {
    this.#tokens = readTokens(this.#file);
  }

  async verifyAccessToken(token: string): Promise<AuthInfo> {
    const hash = createHash('sha256').update(token).digest();
    // Every entry is compared, in constant time, so that the answer's time tells nothing.
    const [match] = this.#tokens.filter((entry) => timingSafeEqual(entry.hash, hash));
    if (!match) throw new OAuthError(OAuthErrorCode.InvalidToken, 'The token is not valid here.');
    return toAuthInfo(match.name, match.scopes, Math.floor(Date.now() / 1_000) + 60);
  }
}

function readTokens(file: string): StaticToken[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CmkError('invalid_settings', 'AIVEN_CMK_HTTP_TOKENS_FILE names a file that cannot be read.', { cause });
  }
  const lines = text.split('\n').map((line) => line.trim());
  const tokens = lines.flatMap((line, index) =>
    line === '' || line.startsWith('#') ? [] : [readToken(line, index + 1)],
  );
  if (new Set(tokens.map(({ name }) => name)).size < tokens.length || tokens.length === 0) {
    throw new CmkError('invalid_settings', 'AIVEN_CMK_HTTP_TOKENS_FILE holds no token, or two of one name.');
  }
  return tokens;
}

function readToken(line: string, number: number): StaticToken {
  const {
    name,
    list = '',
    hash,
  } = /^(?<name>[\w.@-]{1,64})\s+(?<list>\S+)\s+(?<hash>[0-9a-f]{64})$/.exec(line)?.groups ?? {};
  const scopes = list.split(',');
  if (!name || !hash || !scopes.every((scope) => SCOPES.some((known) => known === scope))) {
    const form = `NAME SCOPE,SCOPE SHA256-OF-TOKEN, with scopes of ${SCOPES.join(', ')} and the hash as 64 hex digits`;
    throw new CmkError('invalid_settings', `AIVEN_CMK_HTTP_TOKENS_FILE, line ${number}: a line takes ${form}.`);
  }
  return { name, scopes, hash: Buffer.from(hash, 'hex') };
}

/** Whom a token stands for. The token itself goes no further than here. */
function toAuthInfo(caller: string, scopes: readonly string[], expiresAt: number): AuthInfo {
  return { token: '', clientId: caller, scopes: [...scopes], expiresAt };
}
