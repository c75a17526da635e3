import type { FileHandle } from 'node:fs/promises';
import type { AuditChain } from './audit-chain.ts';
import type { KeptFile } from './kept-file.ts';

/** Maximum time to write a line, in milliseconds; a write to a network disk may never complete. */
const WRITE_MS = 5_000;

/** Lines that are written together. */
interface Batch {
  readonly lines: string[];
  durable: boolean;
  readonly written: Promise<void>;
  readonly complete: (failure?: unknown) => void;
}

/** The file and its size after the latest write of this process. */
interface Written {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
}

/** The key of signatures, how the file is opened, and how long a write may take; tests use a file that hangs. */
export interface AuditFileOptions {
  /** Returns the key with which lines are signed; called when the first line is written, and again after a write failed. */
  readonly key?: (() => Promise<Uint8Array>) | undefined;
  readonly open?: (path: string) => Promise<FileHandle>;
  readonly writeMs?: number;
}

/**
 * Appends lines to a file, which may be rotated at any time. Lines of one turn of the event loop, and lines added during
 * another write, are written in order by one append. The lines are linked to a chain; after a write that failed, it is not
 * known which of them are in the file, and a new chain begins.
 */
export class AuditFile {
  readonly #path: string;
  readonly #key: AuditFileOptions['key'];
  readonly #open: AuditFileOptions['open'];
  readonly #writeMs: number;
  #current: Batch | undefined;
  #next: Batch | undefined;
  #kept: KeptFile | undefined;
  #chain: AuditChain | undefined;
  #written: Written | undefined;

  constructor(path: string, { key, open, writeMs = WRITE_MS }: AuditFileOptions = {}) {
    this.#path = path;
    this.#key = key;
    this.#open = open;
    this.#writeMs = writeMs;
  }

  /**
   * Appends a line, which is a JSON object and a line break. Resolves when it is in the file, and on disk if it must be durable;
   * rejects if it is not within five seconds. A line that was rejected may still appear later, if its write had begun.
   */
  append(line: string, durable: boolean): Promise<void> {
    this.#next ??= this.#collect();
    const batch = this.#next;
    batch.lines.push(line);
    batch.durable ||= durable;
    if (durable) this.#start();
    return batch.written;
  }

  /** Resolves when all lines appended before are written and the file is closed; rejects when one is not. */
  async flush(): Promise<void> {
    const batches = [this.#current?.written, this.#next?.written];
    this.#start();
    await Promise.all(batches);
    if (this.#current) return; // Lines that were appended meanwhile; the file closes after them.
    this.#kept?.close();
    await this.#kept?.closed();
  }

  #collect(): Batch {
    let complete: Batch['complete'] = () => {};
    const written = new Promise<void>((resolve, reject) => {
      complete = (failure) => (failure === undefined ? resolve() : reject(failure));
    });
    written.catch(() => {}); // append() returns it to the caller of each line.
    const batch: Batch = { lines: [], durable: false, written, complete };
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

  async #write({ lines, durable }: Batch): Promise<void> {
    this.#kept ??= new (await import('./kept-file.ts')).KeptFile(this.#path, this.#open);
    try {
      const { file, stats } = await this.#kept.acquire();
      const chain = this.#isLast(stats) ? this.#chain : undefined;
      const text = chain ? chain.append(lines, undefined) : await this.#followOthers(file, stats.size, lines);
      await file.appendFile(text);
      if (durable) await file.datasync();
      this.#written = { dev: stats.dev, ino: stats.ino, size: stats.size + Buffer.byteLength(text) };
      this.#kept.release();
    } catch (error) {
      [this.#chain, this.#written] = [undefined, undefined];
      this.#kept.close();
      this.#kept.closed().catch(() => {}); // The failure of the write is the one to report.
      throw error;
    }
  }

  /** Returns the text of lines in a file that others wrote. What it takes is loaded at the first line, with node:crypto. */
  async #followOthers(file: FileHandle, size: number, lines: readonly string[]): Promise<string> {
    const { AuditChain, readEnd } = await import('./audit-chain.ts');
    this.#chain ??= new AuditChain(await this.#key?.());
    return this.#chain.append(lines, await readEnd(file, size));
  }

  /** Whether the file ends with the latest line of this process. */
  #isLast({ dev, ino, size }: Written): boolean {
    const last = this.#written;
    return last !== undefined && last.size === size && last.ino === ino && last.dev === dev;
  }
}
