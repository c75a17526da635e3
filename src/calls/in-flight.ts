/** How much of one kind is under way. */
class Count {
  #open = 0;
  #waiting: (() => void)[] = [];

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#open += 1;
    try {
      return await work();
    } finally {
      this.#open -= 1;
      if (this.#open === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  /** Resolves when none is under way. */
  none(): Promise<void> {
    if (this.#open === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** What is under way in a process, so that its end can wait for it. */
export class InFlight {
  readonly #calls = new Count();
  readonly #writes = new Count();

  /** Runs a call, from its arguments to its record. */
  call<T>(work: () => Promise<T>): Promise<T> {
    return this.#calls.during(work);
  }

  /** Runs a write to the API; cutting it would leave its outcome unclear. */
  write<T>(send: () => Promise<T>): Promise<T> {
    return this.#writes.during(send);
  }

  callsDone(): Promise<void> {
    return this.#calls.none();
  }

  writesDone(): Promise<void> {
    return this.#writes.none();
  }
}
