import { createHash } from 'node:crypto';

/** Random choices that a seed repeats. */
export class Random {
  readonly #seed: string;
  #drawn = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** Returns a whole number from 0 to `below` - 1. */
  below(below: number): number {
    this.#drawn += 1;
    return createHash('sha256').update(`${this.#seed} ${this.#drawn}`).digest().readUInt32BE() % below;
  }

  /** Returns the values in another order. */
  shuffle<T>(values: readonly T[]): T[] {
    return values
      .map((value) => ({ value, rank: this.below(2 ** 31) }))
      .sort((one, other) => one.rank - other.rank)
      .map(({ value }) => value);
  }
}
