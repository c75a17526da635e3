import { createHash } from 'node:crypto';

/** Maximum number of credentials remembered. */
const KNOWN_MAX = 10_000;

/** Remembers which credentials were accepted, by their hashes. Says nothing on whether they still are. */
export class KnownCredentials {
  readonly #hashes = new Set<string>();

  /** Remembers one, in place of the one not used for the longest time where there are too many. */
  add(credential: string): void {
    const hash = hashOf(credential);
    this.#hashes.delete(hash);
    this.#hashes.add(hash);
    const [oldest = ''] = this.#hashes;
    if (this.#hashes.size > KNOWN_MAX) this.#hashes.delete(oldest);
  }

  has(credential: string): boolean {
    return this.#hashes.has(hashOf(credential));
  }

  delete(credential: string): void {
    this.#hashes.delete(hashOf(credential));
  }
}

function hashOf(credential: string): string {
  return createHash('sha256').update(credential).digest('base64');
}
