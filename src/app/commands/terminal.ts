import { closeSync, constants, openSync, readSync } from 'node:fs';
import { isatty, ReadStream, WriteStream } from 'node:tty';
import { sanitize } from '../../core/sanitize.ts';

/** The controlling terminal of this process, wherever its standard streams lead. */
const [INPUT, OUTPUT] = process.platform === 'win32' ? ['\\\\.\\CONIN$', '\\\\.\\CONOUT$'] : ['/dev/tty', '/dev/tty'];

/** What a person typed, without white space around it, or why there is none. */
export type TerminalAnswer =
  | { readonly kind: 'typed'; readonly text: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'timed_out' };

interface AskOptions {
  /** Maximum time for the person to answer, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Whether this process has a controlling terminal. Jobs of cron, containers and CI have none. */
export function hasTerminal(): boolean {
  let terminal: number;
  try {
    terminal = openSync(INPUT, 'r+');
  } catch {
    return false;
  }
  const real = isatty(terminal);
  closeSync(terminal);
  return real;
}

/**
 * Prints a question on the controlling terminal and resolves with the line typed there. Ctrl-C, Ctrl-D, a terminal that
 * is closed and `signal` cancel it. What was typed before the question was shown does not count, and characters of the
 * question that do not print are left out, so that nothing in it can control the terminal.
 * @throws Error when there is no terminal.
 */
export async function askOnTerminal(text: string, { timeoutMs, signal }: AskOptions): Promise<TerminalAnswer> {
  const input = new ReadStream(openSync(INPUT, 'r+'));
  const output = new WriteStream(openSync(OUTPUT, 'r+'));
  output.on('error', () => {}); // A closed terminal ends the input, too.
  try {
    discardTypedAhead(input);
    const lines = text.split('\n').map((line) => sanitize(line, Number.POSITIVE_INFINITY));
    output.write(`${lines.join('\n')}\n> `);
    const answer = await readLine(input, timeoutMs, signal);
    if (answer.kind !== 'typed') output.write('\n'); // The cursor is still behind the prompt.
    return answer;
  } finally {
    input.destroy();
    output.destroy();
  }
}

/** Reads one line. The terminal stays in its line mode: it echoes, edits, and turns Ctrl-C into SIGINT. */
function readLine(input: ReadStream, timeoutMs: number, signal: AbortSignal): Promise<TerminalAnswer> {
  return new Promise((resolve) => {
    let typed = '';
    const end = (answer: TerminalAnswer) => {
      clearTimeout(timeout);
      process.off('SIGINT', cancel);
      signal.removeEventListener('abort', cancel);
      resolve(answer);
    };
    const cancel = () => end({ kind: 'cancelled' });
    const timeout = setTimeout(() => end({ kind: 'timed_out' }), timeoutMs);
    process.on('SIGINT', cancel);
    signal.addEventListener('abort', cancel);
    if (signal.aborted) cancel();
    input.setEncoding('utf8');
    input.on('error', cancel).on('end', cancel);
    input.on('data', (chunk) => {
      typed += chunk;
      const [line, rest] = typed.split(/\r|\n/, 2);
      if (line !== undefined && rest !== undefined) end({ kind: 'typed', text: line.trim() });
    });
  });
}

/** Drops what was typed already. In raw mode, lines that are not finished can be read, too. */
function discardTypedAhead(input: ReadStream): void {
  if (process.platform === 'win32') return; // There, reading without waiting is not possible.
  const terminal = openSync(INPUT, constants.O_RDONLY | constants.O_NONBLOCK);
  input.setRawMode(true);
  try {
    while (readSync(terminal, Buffer.alloc(4_096)) > 0);
  } catch {
    // EAGAIN: nothing is left.
  } finally {
    input.setRawMode(false);
    closeSync(terminal);
  }
}
