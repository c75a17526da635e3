import type { FileHandle } from 'node:fs/promises';

/** Maximum time to write a line, in milliseconds; a write to a network disk may never complete. */
const WRITE_MS = 5_000;

/** Lines that are written together. */
interface Batch {
  text: string;
  durable: boolean;
  readonly written: Promise<void>;
  readonly complete: (failure?: unknown) => void;
}

/** The file and its size after the latest write of this process. */
interface End {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
}

/** How the file is opened and how long a write may take; tests use a file that hangs. */
interface Options {
  readonly open?: (path: string) => Promise<FileHandle>;
  readonly writeMs?: number;
}

/**
 * Appends lines to a file, and opens it again for each write so that it can be rotated. Lines of one turn of the event loop,
 * and lines added during another write, are written in order by one append.
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
   * Appends a line. Resolves when it is in the file, and on disk if it must be durable; rejects if it is not within five
   * seconds. A line that was rejected may still appear later, if its write had begun.
   */
  append(line: string, durable: boolean): Promise<void> {
    this.#next ??= this.#collect();
    const batch = this.#next;
    batch.text += line;
    batch.durable ||= durable;
    if (durable) this.#start();
    return batch.written;
  }

  /** Resolves when all lines appended before are written; rejects when one is not. */
  async flush(): Promise<void> {
    const batches = [this.#current?.written, this.#next?.written];
    this.#start();
    await Promise.all(batches);
  }

  #collect(): Batch {
    let complete: Batch['complete'] = () => {};
    const written = new Promise<void>((resolve, reject) => {
      complete = (failure) => (failure === undefined ? resolve() : reject(failure));
    });
    written.catch(() => {}); // append() returns it to the caller of each line.
    const batch: Batch = { text: '', durable: false, written, complete };
    const limit = setTimeout(() => {
      if (this.#next === batch) this.#next = undefined; // So that lines do not accumulate while a disk hangs.
      complete(new Error(`a line was not written within ${this.#writeMs} ms`));
    }, this.#writeMs);
    written.then(
      () => clearTimeout(limit),
      () => clearTimeout(limit),
    );
    setImmediate(() => this.#start());
    return batch;
  }

  /** Writes the collected lines, unless a write is in progress: that one starts the next when it ends. */
  #start(): void {
    const batch = this.#next;
    if (!batch || this.#current) return;
    [this.#current, this.#next] = [batch, undefined];
    this.#write(batch)
      .then(() => batch.complete(), batch.complete)
      .finally(() => {
        this.#current = undefined;
        this.#start();
      });
  }

  async #write({ text, durable }: Batch): Promise<void> {
    const file = await this.#open(this.#path);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw new Error('the audit file is no longer a regular file');
      const lines = (await this.#endsInLine(file, stats)) ? text : `\n${text}`;
      await file.appendFile(lines);
      if (durable) await file.datasync();
      this.#end = { dev: stats.dev, ino: stats.ino, size: stats.size + Buffer.byteLength(lines) };
    } finally {
      await file.close();
    }
  }

  /** Whether the file ends with a line break: after a crash or on a full disk, the last line may be incomplete. */
  async #endsInLine(file: FileHandle, { dev, ino, size }: End): Promise<boolean> {
    const last = this.#end;
    if (size === 0 || (last && last.size === size && last.ino === ino && last.dev === dev)) return true;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, size - 1).catch(() => NOTHING_READ);
    return bytesRead === 1 && buffer.toString() === '\n';
  }
}

/** The result of reading from a file that this user may only write. */
const NOTHING_READ = { buffer: Buffer.alloc(0), bytesRead: 0 };

/** Opens a file for appending. Does not block on a pipe. A new file is readable and writable by its owner only. */
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
