import type { FileHandle } from 'node:fs/promises';

/** Maximum time from when a line is appended to when it is written, in milliseconds; a network disk may never answer. */
const WRITE_MS = 5_000;

/** Lines that are written together. */
interface Batch {
  text: string;
  durable: boolean;
  readonly written: Promise<void>;
  readonly settle: (failure?: unknown) => void;
}

/** Where a file ended after it was last written to here. */
interface End {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
}

/** How the file is opened, and for how long to wait for it; tests give a file that hangs. */
interface Options {
  readonly open?: (path: string) => Promise<FileHandle>;
  readonly writeMs?: number;
}

/**
 * A file of lines that is only ever appended to, opened anew for each write so that it can be rotated. Lines of one turn
 * of the event loop, and those that come while another write is under way, are written by one append, in their order.
 */
export class AuditFile {
  readonly #path: string;
  readonly #open: (path: string) => Promise<FileHandle>;
  readonly #writeMs: number;
  #current: Batch | undefined;
  #next: Batch | undefined;
  #end: End | undefined;

  constructor(path: string, { open = openToAppend, writeMs = WRITE_MS }: Options = {}) {
    this.#path = path;
    this.#open = open;
    this.#writeMs = writeMs;
  }

  /**
   * Resolves when a line is in the file, and on disk if it must be durable; rejects when it is not within five seconds.
   * A line that was given up may still appear later, if the write was under way.
   */
  append(line: string, durable: boolean): Promise<void> {
    this.#next ??= this.#collect();
    const batch = this.#next;
    batch.text += line;
    batch.durable ||= durable;
    if (durable) this.#start();
    return batch.written;
  }

  /** Resolves when all lines given before are written; rejects when one is not. */
  async flush(): Promise<void> {
    const batches = [this.#current?.written, this.#next?.written];
    this.#start();
    await Promise.all(batches);
  }

  #collect(): Batch {
    let settle: Batch['settle'] = () => {};
    const written = new Promise<void>((resolve, reject) => {
      settle = (failure) => (failure === undefined ? resolve() : reject(failure));
    });
    written.catch(() => {}); // Each line's caller handles the failure of its own.
    const batch: Batch = { text: '', durable: false, written, settle };
    const limit = setTimeout(() => {
      if (this.#next === batch) this.#next = undefined; // So that lines do not pile up behind a disk that hangs.
      settle(new Error(`a line was not written within ${this.#writeMs} ms`));
    }, this.#writeMs);
    written.then(
      () => clearTimeout(limit),
      () => clearTimeout(limit),
    );
    setImmediate(() => this.#start());
    return batch;
  }

  /** Writes what has been collected, unless a write is under way: that one starts the next when it ends. */
  #start(): void {
    const batch = this.#next;
    if (!batch || this.#current) return;
    [this.#current, this.#next] = [batch, undefined];
    this.#write(batch)
      .then(() => batch.settle(), batch.settle)
      .finally(() => {
        this.#current = undefined;
        this.#start();
      });
  }

  async #write({ text, durable }: Batch): Promise<void> {
    const file = await this.#open(this.#path);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw new Error('the audit file is no regular file any more');
      const lines = (await this.#endsInLine(file, stats)) ? text : `\n${text}`;
      await file.appendFile(lines);
      if (durable) await file.datasync();
      this.#end = { dev: stats.dev, ino: stats.ino, size: stats.size + Buffer.byteLength(lines) };
    } finally {
      await file.close();
    }
  }

  /** Whether the file ends with a line break: after a crash or on a full disk, the last line may be torn. */
  async #endsInLine(file: FileHandle, { dev, ino, size }: End): Promise<boolean> {
    const last = this.#end;
    if (size === 0 || (last && last.size === size && last.ino === ino && last.dev === dev)) return true;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, size - 1).catch(() => NOTHING_READ);
    return bytesRead === 1 && buffer.toString() === '\n';
  }
}

/** What counts as read from a file that may only be written to. */
const NOTHING_READ = { buffer: Buffer.alloc(0), bytesRead: 0 };

/** Opens a file without waiting, which the opening of a pipe would; for its owner alone where it is created. */
async function openToAppend(path: string): Promise<FileHandle> {
  const { constants, open } = await import('node:fs/promises');
  const { O_APPEND, O_CREAT, O_NONBLOCK = 0, O_RDWR, O_WRONLY } = constants;
  const flags = O_APPEND | O_CREAT | O_NONBLOCK;
  try {
    return await open(path, flags | O_RDWR, 0o600);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES')
      return open(path, flags | O_WRONLY, 0o600);
    throw error;
  }
}
