/** Takes an expectation and whether it holds. */
export type Check = (holds: boolean, expectation: string) => void;

/** Collects expectations that do not hold. */
export class Expectations {
  readonly #broken = new Set<string>();

  readonly check: Check = (holds, expectation) => {
    if (!holds) this.#broken.add(expectation);
  };

  /** The expectations that did not hold, each of them once. */
  get broken(): readonly string[] {
    return [...this.#broken];
  }
}
