/** Maximum length of a message on standard input, in bytes; the SDK ends the connection at 10 MiB. */
const LINE_MAX = 4 * 1024 * 1024;

const NEWLINE = 0x0a;

/**
 * Passes on bytes line by line and drops a line that is longer than the limit, so that one message cannot end a connection or
 * take memory without bound.
 */
export class LineLimit {
  readonly #onDropped: (bytes: number) => void;
  #waiting: Buffer[] = [];
  #size = 0;
  #dropping = false;

  /** `onDropped` is called once per dropped line, with the limit. */
  constructor(onDropped: (bytes: number) => void) {
    this.#onDropped = onDropped;
  }

  /** Returns the bytes of the lines that a chunk completes. */
  filter(chunk: Buffer): Buffer {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > 0 && this.#size + end <= LINE_MAX && !this.#dropping) {
      const complete = [...this.#waiting, chunk.subarray(0, end)];
      this.#reset();
      this.#keep(chunk.subarray(end));
      return complete.length === 1 ? chunk.subarray(0, end) : Buffer.concat(complete);
    }
    return this.#filterSlowly(chunk);
  }

  #filterSlowly(chunk: Buffer): Buffer {
    const complete: Buffer[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE) + 1; end > 0; end = chunk.indexOf(NEWLINE, start) + 1) {
      this.#keep(chunk.subarray(start, end));
      if (!this.#dropping) complete.push(...this.#waiting);
      this.#reset();
      start = end;
    }
    this.#keep(chunk.subarray(start));
    return Buffer.concat(complete);
  }

  #keep(piece: Buffer): void {
    if (this.#dropping || piece.length === 0) return;
    this.#waiting.push(piece);
    this.#size += piece.length;
    if (this.#size <= LINE_MAX) return;
    this.#reset();
    this.#dropping = true;
    this.#onDropped(LINE_MAX);
  }

  #reset(): void {
    this.#waiting = [];
    this.#size = 0;
    this.#dropping = false;
  }
}
