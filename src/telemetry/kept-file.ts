import type { Stats } from 'node:fs';
import { constants, type FileHandle, open, stat } from 'node:fs/promises';

/**
 * Time without a write after which the file is closed, in milliseconds, so that the disk space of a deleted file becomes free and
 * its file system can be unmounted.
 */
const IDLE_MS = 1_000;

/** A file that is open for appending, and its state before the write. */
export interface Acquired {
  readonly file: FileHandle;
  readonly stats: Stats;
}

/**
 * Keeps a file open between writes: opening and closing it for each takes most of the processor time of a write. Before each
 * write, the path is checked to still name the open file, so that the file can be rotated. Not for use by several writes at a time.
 */
export class KeptFile {
  readonly #path: string;
  readonly #open: (path: string) => Promise<FileHandle>;
  #file: FileHandle | undefined;
  #opened: Stats | undefined;
  #idle: NodeJS.Timeout | undefined;
  #closing: Promise<void> = Promise.resolve();

  constructor(path: string, open: (path: string) => Promise<FileHandle> = openToAppend) {
    this.#path = path;
    this.#open = open;
  }

  /**
   * Returns the file that the path names, and opens or creates it where it is not open. @throws Error for anything but a regular
   * file, and when the file could not be closed after an earlier write, which may be lost.
   */
  async acquire(): Promise<Acquired> {
    clearTimeout(this.#idle);
    if (this.#file && this.#opened) {
      const stats = await stat(this.#path).catch(() => undefined); // Whatever it failed for, opening the file shows it below.
      if (stats && stats.ino === this.#opened.ino && stats.dev === this.#opened.dev) return { file: this.#file, stats };
    }
    this.close();
    await this.closed();
    const file = await this.#open(this.#path);
    this.#file = file;
    this.#opened = await file.stat();
    if (!this.#opened.isFile()) throw new Error('the audit file is no longer a regular file');
    return { file, stats: this.#opened };
  }

  /** Lets the file be closed when no write follows in time. */
  release(): void {
    this.#idle = setTimeout(() => this.close(), IDLE_MS).unref();
  }

  /** Starts to close the file; a later write opens it again. */
  close(): void {
    clearTimeout(this.#idle);
    const file = this.#file;
    [this.#file, this.#opened] = [undefined, undefined];
    if (!file) return;
    const earlier = this.#closing;
    this.#closing = file.close().then(() => earlier);
    this.#closing.catch(() => {}); // closed() reports it.
  }

  /** Resolves when the file is closed. Rejects, once, when it could not be: some file systems report only then that a write failed. */
  async closed(): Promise<void> {
    const closing = this.#closing;
    this.#closing = Promise.resolve();
    await closing;
  }
}

/** Opens a file for appending. Does not block on a pipe. A new file is readable and writable by its owner only. */
async function openToAppend(path: string): Promise<FileHandle> {
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
