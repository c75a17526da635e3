import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AuthInfo, OAuthTokenVerifier } from '@modelcontextprotocol/server';
import { callerId } from '../../../core/caller.ts';
import { CmkError } from '../../../core/errors.ts';
import { SCOPES } from '../../../guard/scopes.ts';
import { isSubject } from './access-token.ts';
import { tokenRefused } from './sign-in-error.ts';

/** Validity of a verified token, in seconds. It only has to cover its request: the token of every request is verified. */
const VALID_S = 60;

/** Number of hexadecimal digits that distinguish tokens of one name. */
const CREDENTIAL_DIGITS = 12;

interface StaticToken {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly hash: Buffer;
  /** `Caller.id` of the person to whom the token belongs. */
  readonly owner?: string;
}

/** Verifies static bearer tokens against a file of their hashes. */
export class StaticTokens implements OAuthTokenVerifier {
  readonly #file: string;
  readonly #issuer: string | undefined;
  #tokens: readonly StaticToken[];

  /**
   * `issuer` is where the owners of tokens sign in.
   * @throws CmkError `invalid_settings` for a file that cannot be read or understood.
   */
  constructor(file: string, issuer?: string) {
    this.#file = file;
    this.#issuer = issuer;
    this.#tokens = readTokens(file, issuer);
  }

  /** Reads the file again. @throws CmkError if that fails; the tokens then stay as they are. */
  reload(): void {
    this.#tokens = readTokens(this.#file, this.#issuer);
  }

  /** Returns the caller of a token. @throws OAuthError for an unknown token. */
  async verifyAccessToken(token: string): Promise<AuthInfo> {
    const hash = sha256(token);
    // Every entry is compared, in constant time, so that the response time reveals nothing.
    const [match] = this.#tokens.filter((entry) => timingSafeEqual(entry.hash, hash));
    if (!match) throw tokenRefused('the token is not in AIVEN_CMK_HTTP_TOKENS_FILE');
    // Of the hash's hash, so that a record does not help to guess a token that is weak.
    const credential = sha256(hash).toString('hex').slice(0, CREDENTIAL_DIGITS);
    const extra = { credential, ...(match.owner !== undefined && { owner: match.owner }) };
    const expiresAt = Math.floor(Date.now() / 1_000) + VALID_S;
    return { token: '', clientId: match.name, scopes: [...match.scopes], expiresAt, extra };
  }
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

function readTokens(file: string, issuer: string | undefined): StaticToken[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CmkError('invalid_settings', 'AIVEN_CMK_HTTP_TOKENS_FILE names a file that cannot be read.', { cause });
  }
  const lines = text.split('\n').map((line) => line.trim());
  const tokens = lines.flatMap((line, index) =>
    line === '' || line.startsWith('#') ? [] : [readToken(line, index + 1, issuer)],
  );
  if (new Set(tokens.map(({ name }) => name)).size < tokens.length || tokens.length === 0) {
    throw new CmkError('invalid_settings', 'AIVEN_CMK_HTTP_TOKENS_FILE holds no token, or two of one name.');
  }
  return tokens;
}

function readToken(line: string, number: number, issuer: string | undefined): StaticToken {
  const {
    name,
    list = '',
    hash,
    owner,
  } = /^(?<name>[\w.@-]{1,64})\s+(?<list>\S+)\s+(?<hash>[0-9a-f]{64})(?:\s+owner=(?<owner>.*))?$/.exec(line)?.groups ??
  {};
  const scopes = list.split(',');
  const isKnown = scopes.every((scope) => SCOPES.some((known) => known === scope));
  if (!name || !hash || !isKnown || (owner !== undefined && !isSubject(owner))) {
    const form = `NAME SCOPE,SCOPE SHA256-OF-TOKEN [owner=SUBJECT], with scopes of ${SCOPES.join(', ')} and the hash as 64 hex digits`;
    throw new CmkError('invalid_settings', `AIVEN_CMK_HTTP_TOKENS_FILE, line ${number}: a line takes ${form}.`);
  }
  const token = { name, scopes, hash: Buffer.from(hash, 'hex') };
  if (owner === undefined) return token;
  if (issuer !== undefined) return { ...token, owner: callerId(owner, issuer) };
  const message = `AIVEN_CMK_HTTP_TOKENS_FILE, line ${number}: an owner takes AIVEN_CMK_OIDC_ISSUER, where people sign in.`;
  throw new CmkError('invalid_settings', message);
}
