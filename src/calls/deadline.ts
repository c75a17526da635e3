import { CmkError } from '../core/errors.ts';

/** Aborts one signal when the client cancels a round of a call or its time is up. */
export class Deadline {
  readonly signal: AbortSignal;
  /** When the time is up, in milliseconds since the epoch. */
  readonly at: number;
  readonly #cancel: () => void;
  readonly #cancelled: AbortSignal;
  readonly #timer: NodeJS.Timeout;

  /** Starts the timer; `milliseconds` is the maximum time of the round. */
  constructor(cancelled: AbortSignal, milliseconds: number) {
    // Not `AbortSignal.any`, which takes as much processor time as the rest of a call.
    const controller = new AbortController();
    this.signal = controller.signal;
    this.at = Date.now() + milliseconds;
    this.#cancelled = cancelled;
    this.#cancel = () => controller.abort(cancelled.reason);
    cancelled.addEventListener('abort', this.#cancel);
    if (cancelled.aborted) this.#cancel();
    this.#timer = setTimeout(() => {
      const message = `The call took over ${milliseconds} ms.`;
      controller.abort(new CmkError('api_timeout', message, { ambiguous: true }));
    }, milliseconds);
  }

  /** Releases the timer and the listener once the round has ended. */
  end(): void {
    clearTimeout(this.#timer);
    this.#cancelled.removeEventListener('abort', this.#cancel);
  }
}
