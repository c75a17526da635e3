/** What is under way in a process, so that its end can wait for it. */
export class InFlight {
  readonly #calls = new Set<Promise<unknown>>();
  readonly #writes = new Set<Promise<unknown>>();

  /** Counts a call, from its arguments to its record. */
  call<T>(call: Promise<T>): Promise<T> {
    return track(this.#calls, call);
  }

  /** Counts a write to the API, whose outcome would be unclear if it was cut. */
  write<T>(write: Promise<T>): Promise<T> {
    return track(this.#writes, write);
  }

  /** Resolves when no call is under way. */
  callsDone(): Promise<void> {
    return settled(this.#calls);
  }

  /** Resolves when no write is under way. */
  writesDone(): Promise<void> {
    return settled(this.#writes);
  }
}

function track<T>(promises: Set<Promise<unknown>>, promise: Promise<T>): Promise<T> {
  promises.add(promise);
  const remove = () => void promises.delete(promise);
  promise.then(remove, remove);
  return promise;
}

/** Calls may begin others while they are waited for. */
async function settled(promises: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (promises.size > 0) await Promise.allSettled(promises);
}
