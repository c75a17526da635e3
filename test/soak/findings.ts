/** What a run counted, and what it found wrong. */
export class Findings {
  readonly #counts = new Map<string, number>();
  readonly #violations = new Map<string, number>();

  /** Counts something that is expected. */
  count(what: string, times = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
  }

  /** Notes what must not be. */
  violate(invariant: string): void {
    this.#violations.set(invariant, (this.#violations.get(invariant) ?? 0) + 1);
  }

  /** Notes a violation unless a condition holds. */
  require(holds: boolean, invariant: string): void {
    if (!holds) this.violate(invariant);
  }

  get violations(): readonly string[] {
    return [...this.#violations].map(([what, times]) => `${what} (${times} times)`);
  }

  get counts(): readonly string[] {
    return [...this.#counts].sort().map(([what, times]) => `${what}: ${times}`);
  }
}
