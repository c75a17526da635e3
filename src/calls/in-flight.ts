/** Tracks the calls and writes in progress, so that the end of the process can wait for them. */
export class InFlight {
  readonly #calls = new Set<Promise<unknown>>();
  readonly #writes = new Set<Promise<unknown>>();

  /** Tracks a call, from its arguments to its audit record. */
  call<T>(call: Promise<T>): Promise<T> {
    return track(this.#calls, call);
  }

  /** Tracks a write to the API, whose outcome would be unknown if it were interrupted. */
  write<T>(write: Promise<T>): Promise<T> {
    return track(this.#writes, write);
  }

  /** Resolves when no call is in progress. */
  callsDone(): Promise<void> {
    return allDone(this.#calls);
  }

  /** Resolves when no write is in progress. */
  writesDone(): Promise<void> {
    return allDone(this.#writes);
  }
}

function track<T>(promises: Set<Promise<unknown>>, promise: Promise<T>): Promise<T> {
  promises.add(promise);
  const remove = () => void promises.delete(promise);
  promise.then(remove, remove);
  return promise;
}

/** Resolves when no promise is left, including those added in the meantime. */
async function allDone(promises: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (promises.size > 0) await Promise.allSettled(promises);
}
