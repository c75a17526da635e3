import { createHash, randomBytes } from 'node:crypto';

/** How a code ended, or the request to which it leads. */
export type Redeemed =
  | { readonly kind: 'ok'; readonly requestId: string }
  | { readonly kind: 'unknown' | 'used' | 'late' };

interface Issued {
  readonly requestId: string;
  readonly expiresAt: number;
  isUsed: boolean;
}

/** How long an expired or used code is remembered, so that its page can say what became of it, in milliseconds. */
const KEPT_MS = 3_600_000;

/** Issues codes that sign one browser in, once. Only their hashes are kept. */
export class OneTimeCodes {
  readonly #issued = new Map<string, Issued>();

  /** Returns a new code of 192 random bits, which counts until `expiresAt`, in milliseconds since the epoch. */
  issue(requestId: string, expiresAt: number): string {
    for (const [hash, issued] of this.#issued) if (issued.expiresAt + KEPT_MS <= Date.now()) this.#issued.delete(hash);
    const code = randomBytes(24).toString('base64url');
    this.#issued.set(hashOf(code), { requestId, expiresAt, isUsed: false });
    return code;
  }

  /** Uses a code up, and returns the request that it was issued for. */
  redeem(code: string): Redeemed {
    const issued = this.#issued.get(hashOf(code));
    if (!issued) return { kind: 'unknown' };
    if (issued.isUsed) return { kind: 'used' };
    if (issued.expiresAt <= Date.now()) return { kind: 'late' };
    issued.isUsed = true;
    return { kind: 'ok', requestId: issued.requestId };
  }
}

function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('base64url');
}
