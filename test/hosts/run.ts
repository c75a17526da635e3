import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Ask } from './clients.ts';

/** How long one command may take, in milliseconds: what waits for a person or the internet fails. */
const LIMIT_MS = 60_000;

interface Run {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly asks?: readonly Ask[];
}

/** Runs a command to its end, or puts requests to it and ends it; resolves with all it printed. */
export async function run(command: readonly string[], { cwd, env, asks }: Run): Promise<string> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd, env: { ...env }, timeout: LIMIT_MS, killSignal: 'SIGKILL' });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const ended = once(child, 'close');
  if (asks) await Promise.race([converse(child, asks), ended]);
  child.stdin.end();
  if (asks) child.kill();
  const [code, signal] = await ended;
  if (!asks && code !== 0) text += `\nIt ended with ${code ?? signal}.`;
  return text;
}

/** Puts the requests, each when the one before was answered. */
async function converse(child: ChildProcessWithoutNullStreams, asks: readonly Ask[]): Promise<void> {
  const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  let answer: Record<string, unknown> = {};
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  for (const [id, ask] of asks.entries()) {
    send({ id, ...ask(answer) });
    for (;;) {
      const { value, done } = await lines.next();
      if (done) return;
      const message = JSON.parse(value);
      if (message.id !== id || message.method !== undefined) continue;
      answer = Object(message.result);
      break;
    }
    if (id === 0) send({ method: 'initialized' });
  }
}
