import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AuthInfo, OAuthTokenVerifier } from '@modelcontextprotocol/server';
import { CmkError } from '../../../core/errors.ts';
import { SCOPES } from '../../../guard/scopes.ts';
import { tokenRefused } from './sign-in-error.ts';

/** Validity of a verified token, in seconds. It only has to cover its request: the token of every request is verified. */
const VALID_S = 60;

/** Number of hexadecimal digits that distinguish tokens of one name. */
const CREDENTIAL_DIGITS = 12;

interface StaticToken {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly hash: Buffer;
}

/** Verifies static bearer tokens against a file of their hashes. */
export class StaticTokens implements OAuthTokenVerifier {
  readonly #file: string;
  #tokens: readonly StaticToken[];

  /** @throws CmkError `invalid_settings` for a file that cannot be read or understood. */
  constructor(file: string) {
    this.#file = file;
    this.#tokens = readTokens(file);
  }

  /** Reads the file again. @throws CmkError if that fails; the tokens then stay as they are. */
  reload(): void {
    this.#tokens = readTokens(this.#file);
  }

  /** Returns the caller of a token. @throws OAuthError for an unknown token. */
  async verifyAccessToken(token: string): Promise<AuthInfo> {
    const hash = sha256(token);
    // Every entry is compared, in constant time, so that the response time reveals nothing.
    const [match] = this.#tokens.filter((entry) => timingSafeEqual(entry.hash, hash));
    if (!match) throw tokenRefused('the token is not in AIVEN_CMK_HTTP_TOKENS_FILE');
    // A hash of the hash, so that it does not help to guess a weak token.
    const extra = { credential: sha256(hash).toString('hex').slice(0, CREDENTIAL_DIGITS) };
    const expiresAt = Math.floor(Date.now() / 1_000) + VALID_S;
    return { token: '', clientId: match.name, scopes: [...match.scopes], expiresAt, extra };
  }
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
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
