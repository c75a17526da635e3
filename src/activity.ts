/** What is under way in a process, so that its end can wait for it. */
export class Activity {
  #writes = 0;
  #done: (() => void)[] = [];

  /** Runs a write to the API; the process should not end before it has. */
  async write<T>(send: () => Promise<T>): Promise<T> {
    this.#writes += 1;
    try {
      return await send();
    } finally {
      this.#writes -= 1;
      if (this.#writes === 0) for (const done of this.#done.splice(0)) done();
    }
  }

  /** Resolves when no write is under way. */
  writesDone(): Promise<void> {
    if (this.#writes === 0) return Promise.resolve();
    return new Promise((resolve) => this.#done.push(resolve));
  }
}
