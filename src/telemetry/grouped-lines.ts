/** Writes one line, or several. Resolves when they are written; rejects when they cannot be. */
export type LineSink = (lines: string) => Promise<void>;

/** Maximum size of a group, in bytes: what is written to a pipe at once arrives in one piece (pipe(7), PIPE_BUF on Linux). */
const GROUP_BYTES = 4_096;

/** Lines that are handed to the sink together. */
interface Group {
  text: string;
  size: number;
  readonly handedOver: Promise<void>;
  readonly release: () => void;
}

/**
 * Hands the lines of one turn of the event loop to a sink together, in order: each write to a pipe wakes its reader, which is a
 * tenth of the processor time of a call (docs/decisions/0024).
 */
export class GroupedLines {
  readonly #sink: LineSink;
  #group: Group | undefined;
  #written: Promise<void> = Promise.resolve();

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  /** Adds a line. Resolves when it was handed to the sink, whether that can write it or not. */
  add(line: string): Promise<void> {
    const size = Buffer.byteLength(line);
    if (this.#group && this.#group.size + size > GROUP_BYTES) this.#handOver();
    this.#group ??= this.#begin();
    this.#group.text += line;
    this.#group.size += size;
    return this.#group.handedOver;
  }

  /** Hands a line to the sink at once, after those that were added. Resolves when it is written; rejects when it cannot be. */
  write(line: string): Promise<void> {
    this.#handOver();
    return this.#send(line);
  }

  /** Hands over what was added. Resolves when all that was handed over is written; rejects when the last of it cannot be. */
  flush(): Promise<void> {
    this.#handOver();
    return this.#written;
  }

  #begin(): Group {
    let release: Group['release'] = () => {};
    const handedOver = new Promise<void>((resolve) => {
      release = resolve;
    });
    setImmediate(() => this.#handOver());
    return { text: '', size: 0, handedOver, release };
  }

  #handOver(): void {
    const group = this.#group;
    if (!group) return;
    this.#group = undefined;
    void this.#send(group.text);
    group.release();
  }

  #send(text: string): Promise<void> {
    this.#written = this.#sink(text);
    this.#written.catch(() => {}); // A host that does not read standard error must not slow calls down.
    return this.#written;
  }
}
