import type { LineSink } from '../../telemetry/grouped-lines.ts';

/** Time without a sign after which a person is told that the call still waits, in milliseconds. */
const SILENCE_MS = 2_000;

/** Tells a person, a line each, what a call waits for. */
export class Progress {
  readonly #writeLine: LineSink | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Says nothing without a sink. */
  constructor(writeLine: LineSink | undefined) {
    this.#writeLine = writeLine;
    this.#wait();
  }

  report(message: string): void {
    this.#say(message);
    this.#wait();
  }

  /** Runs `ask` without a line in between, and resolves with its result. */
  async paused<T>(ask: () => Promise<T>): Promise<T> {
    this.end();
    try {
      return await ask();
    } finally {
      this.#wait();
    }
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #say(message: string): void {
    this.#writeLine?.(`${message}\n`).catch(() => {}); // Standard error may be closed.
  }

  #wait(): void {
    this.end();
    this.#timer = setTimeout(() => this.#say('Still waiting for a response…'), SILENCE_MS).unref();
  }
}
