/** Holds values until they expire: at most `max`, and no new one while it is full. */
export class ExpiringSet {
  readonly #expiries = new Map<string, number>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** Whether a value is held and has not expired. */
  has(value: string): boolean {
    return (this.#expiries.get(value) ?? 0) > Date.now();
  }

  /** Adds a value for a time in milliseconds. Returns false, and adds nothing, if it is held already or the set is full. */
  add(value: string, milliseconds: number): boolean {
    if (this.has(value)) return false;
    if (this.#expiries.size >= this.#max) this.#removeExpired();
    if (this.#expiries.size >= this.#max) return false;
    this.#expiries.set(value, Date.now() + milliseconds);
    return true;
  }

  #removeExpired(): void {
    for (const [value, expiry] of this.#expiries) if (expiry <= Date.now()) this.#expiries.delete(value);
  }
}
