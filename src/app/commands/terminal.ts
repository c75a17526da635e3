import { closeSync, constants, openSync, readSync } from 'node:fs';
import { isatty, ReadStream, WriteStream } from 'node:tty';
import { sanitize } from '../../core/sanitize.ts';

/** The controlling terminal of this process, also when its standard streams are redirected. */
const [INPUT, OUTPUT] = process.platform === 'win32' ? ['\\\\.\\CONIN$', '\\\\.\\CONOUT$'] : ['/dev/tty', '/dev/tty'];

/** A line that a person typed, without white space around it, or the reason why there is none. */
export type TerminalInput =
  | { readonly kind: 'typed'; readonly text: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'timed_out' };

interface PromptOptions {
  /** Maximum time for the person to respond, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Whether this process has a controlling terminal. Cron jobs, containers and CI jobs have none. */
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
 * Prints a text on the controlling terminal and resolves with the line typed there. Ctrl-C, Ctrl-D, a closed terminal and
 * `signal` cancel it. Input typed before the text is shown is discarded, and invisible characters of the text are removed,
 * so that it cannot control the terminal.
 * @throws Error if there is no terminal.
 */
export async function promptOnTerminal(text: string, { timeoutMs, signal }: PromptOptions): Promise<TerminalInput> {
  const input = new ReadStream(openSync(INPUT, 'r+'));
  const output = new WriteStream(openSync(OUTPUT, 'r+'));
  output.on('error', () => {}); // A closed terminal also ends the input.
  try {
    discardTypedAhead(input);
    const lines = text.split('\n').map((line) => sanitize(line, Number.POSITIVE_INFINITY));
    output.write(`${lines.join('\n')}\n> `);
    const line = await readLine(input, timeoutMs, signal);
    if (line.kind !== 'typed') output.write('\n'); // The cursor is still behind the prompt.
    return line;
  } finally {
    input.destroy();
    output.destroy();
  }
}

/** Reads one line. The terminal stays in its line mode: it echoes, edits, and turns Ctrl-C into SIGINT. */
function readLine(input: ReadStream, timeoutMs: number, signal: AbortSignal): Promise<TerminalInput> {
  return new Promise((resolve) => {
    let typed = '';
    const end = (result: TerminalInput) => {
      clearTimeout(timeout);
      process.off('SIGINT', cancel);
      signal.removeEventListener('abort', cancel);
      resolve(result);
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

/** Discards input that was typed before. In raw mode, unfinished lines can be read, too. */
function discardTypedAhead(input: ReadStream): void {
  if (process.platform === 'win32') return; // Windows has no reads that do not block.
  const terminal = openSync(INPUT, constants.O_RDONLY | constants.O_NONBLOCK);
  input.setRawMode(true);
  try {
    while (readSync(terminal, Buffer.alloc(4_096)) > 0);
  } catch {
    // EAGAIN: no input is left.
  } finally {
    input.setRawMode(false);
    closeSync(terminal);
  }
}
