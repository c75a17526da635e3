const NEWLINE = 0x0a;

/**
 * Passes bytes on line by line and drops a line that is longer than the limit, so that one message cannot end a connection or
 * use unlimited memory.
 */
export class LineLimit {
  readonly #max: number;
  readonly #onDropped: () => void;
  #waiting: Buffer[] = [];
  #size = 0;
  #dropping = false;

  /** `max` is in bytes, the line break included; `onDropped` is called once per dropped line. */
  constructor(max: number, onDropped: () => void) {
    this.#max = max;
    this.#onDropped = onDropped;
  }

  /** Returns the bytes of the lines that a chunk completes. */
  filter(chunk: Buffer): Buffer {
    const complete: Buffer[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE) + 1; end > 0; end = chunk.indexOf(NEWLINE, start) + 1) {
      this.#keep(chunk.subarray(start, end));
      complete.push(...this.#waiting);
      this.#reset();
      start = end;
    }
    this.#keep(chunk.subarray(start));
    const [only, ...more] = complete;
    return only && more.length === 0 ? only : Buffer.concat(complete);
  }

  #keep(piece: Buffer): void {
    if (this.#dropping || piece.length === 0) return;
    this.#waiting.push(piece);
    this.#size += piece.length;
    if (this.#size <= this.#max) return;
    this.#reset();
    this.#dropping = true;
    this.#onDropped();
  }

  #reset(): void {
    this.#waiting = [];
    this.#size = 0;
    this.#dropping = false;
  }
}
