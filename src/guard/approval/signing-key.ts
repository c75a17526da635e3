import { createHash, hkdfSync } from 'node:crypto';
import type { Secret } from '../../core/secret.ts';

/** What keys are derived for; a signature made for one purpose counts for no other. */
export type Purpose = 'approval' | 'vote' | 'session' | 'sign-in' | 'audit';

/**
 * Derives the keys of a deployment from one secret (HKDF-SHA256, RFC 5869): replicas of a deployment have the same, and two
 * deployments on one secret do not.
 */
export class SigningKey {
  readonly #secret: Secret;
  readonly #deployment: string;

  /** `deployment` tells deployments on one secret apart. */
  constructor(secret: Secret, deployment: string) {
    this.#secret = secret;
    this.#deployment = deployment;
  }

  /** Returns the key that signs audit lines, 32 bytes: the same whatever the other settings are, which may change within a log. */
  static forAudit(secret: Secret): Uint8Array {
    return new SigningKey(secret, '').derive('audit');
  }

  /** Returns 32 bytes. */
  derive(purpose: Purpose): Uint8Array {
    const info = createHash('sha256').update(`${purpose}\0${this.#deployment}`).digest();
    return new Uint8Array(hkdfSync('sha256', this.#secret.expose(), 'aiven-cmk-mcp', info, 32));
  }
}
