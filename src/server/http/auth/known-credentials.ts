import { createHash } from 'node:crypto';

/** Maximum number of credentials that are remembered. */
const KNOWN_MAX = 10_000;

/** Remembers which credentials were accepted before, by their hashes. They may have expired since. */
export class KnownCredentials {
  readonly #hashes = new Set<string>();

  /** Adds a credential, and removes the least recently accepted one above the maximum. */
  add(credential: string): void {
    const hash = hashOf(credential);
    this.#hashes.delete(hash);
    this.#hashes.add(hash);
    const [oldest = ''] = this.#hashes;
    if (this.#hashes.size > KNOWN_MAX) this.#hashes.delete(oldest);
  }

  /** Whether a credential was accepted before. */
  has(credential: string): boolean {
    return this.#hashes.has(hashOf(credential));
  }

  /** Removes a credential. */
  delete(credential: string): void {
    this.#hashes.delete(hashOf(credential));
  }
}

function hashOf(credential: string): string {
  return createHash('sha256').update(credential).digest('base64');
}
