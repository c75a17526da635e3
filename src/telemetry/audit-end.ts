import type { FileHandle } from 'node:fs/promises';
import { digest, readLine } from './audit-line.ts';

/** How much of the end of a file is read, in bytes: many lines, each of which is a few kilobytes at most. */
const END_BYTES = 64 * 1024;

/** How many lines of the end are read, and how many of them are named. */
const LINES_MAX = 32;

const LINE_BREAK = 0x0a;

/** What a process finds at the end of a file when other processes wrote there. */
export interface FileEnd {
  /** Whether the file ends with a line break, or is empty. */
  readonly ended: boolean;
  /** The hashes of the last lines of chains that no later line names; null if they are not known. */
  readonly tips: readonly string[] | null;
  /** The hash of the incomplete line at the end, if there is one. */
  readonly torn?: string;
  /** The hash of the last complete line, if none has a chain. */
  readonly unchained?: string;
}

/** The end of a file that this user may only write, or in which no line can be found. */
const UNKNOWN: FileEnd = { ended: false, tips: null };

/** Reads the end of a file. */
export async function readEnd(file: FileHandle, size: number): Promise<FileEnd> {
  if (size === 0) return { ended: true, tips: [] };
  const length = Math.min(size, END_BYTES);
  const block = Buffer.alloc(length);
  const bytesRead = await file.read(block, 0, length, size - length).then(
    (result) => result.bytesRead,
    () => 0,
  );
  return bytesRead === length ? interpret(block, length === size) : UNKNOWN;
}

function interpret(block: Buffer, isWholeFile: boolean): FileEnd {
  const pieces = split(block);
  const rest = pieces.pop();
  const lines = (isWholeFile ? pieces : pieces.slice(1)).slice(-LINES_MAX);
  if (lines.length === 0 && !isWholeFile) return UNKNOWN; // The start of the last line is not known.
  const ended = rest === undefined || rest.length === 0;
  const torn = ended ? {} : { torn: digest(rest) };
  const chained = lines.flatMap((line) => readLine(line) ?? []);
  const last = lines.at(-1);
  if (chained.length === 0) return { ended, tips: [], ...torn, ...(last && { unchained: digest(last) }) };
  const named = new Set(chained.flatMap(({ prev, after }) => [prev, ...(after ?? [])]));
  return { ended, tips: chained.map(({ hash }) => hash).filter((hash) => !named.has(hash)), ...torn };
}

/** Returns the lines without their line breaks; the last is what follows the last line break. */
function split(block: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let start = 0;
  for (let at = block.indexOf(LINE_BREAK); at !== -1; at = block.indexOf(LINE_BREAK, start)) {
    pieces.push(block.subarray(start, at));
    start = at + 1;
  }
  return [...pieces, block.subarray(start)];
}
