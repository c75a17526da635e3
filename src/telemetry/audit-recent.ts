/** How many hashes are kept at least: more lines than others write while one process waits for a slow disk. */
const KEPT = 65_536;

/** The hashes of the latest lines of a log, between one and two times `KEPT`. */
export class Recent {
  #hashes = new Set<string>();
  #older: ReadonlySet<string> = new Set();

  add(hash: string): void {
    if (this.#hashes.size >= KEPT) [this.#older, this.#hashes] = [this.#hashes, new Set()];
    this.#hashes.add(hash);
  }

  has(hash: string): boolean {
    return this.#hashes.has(hash) || this.#older.has(hash);
  }
}
