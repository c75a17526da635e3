#!/usr/bin/env node
import { Program } from './program.ts';
import type { Screen } from './wiring.ts';

/** Maximum size of unread standard error before lines are dropped, in bytes: not every host reads it. */
const BACKLOG_MAX = 1024 * 1024;

/** Maximum time to write a line to standard error, in milliseconds. */
const LINE_MS = 2_000;

const program = new Program(process.env, {
  print: (text) => void process.stdout.write(`${text}\n`),
  writeLine,
  flushed,
  screen: () => screenOf(process.stdout),
  errorScreen: () => screenOf(process.stderr),
});

// The token leaves the environment first: a crash or a diagnostic report may print the environment.
delete process.env.AIVEN_TOKEN;
delete process.env.AIVEN_CMK_TOKEN;
delete process.env.AIVEN_AUTH_TOKEN; // It is the variable of avn, and may hold the same token.
delete process.env.AIVEN_CMK_STORE_URL;

// Without a handler, Node opens its debugger on this signal, by which every local program could read the token.
process.on('SIGUSR1', () => program.log('ignored SIGUSR1: the debugger stays closed'));
process.stderr.on('error', () => {}); // A host that closes it must not end the server; writeLine() reports the failure to callers that need it.
process.on('uncaughtException', (error) => {
  program.log(error.stack ?? error.message);
  process.exit(1);
});

process.exit(await program.run(process.argv.slice(2)));

/** Resolves when standard output is written, or its reader has closed it: Node writes to a pipe asynchronously. */
function flushed(): Promise<void> {
  if (process.stdout.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => process.stdout.once('error', () => resolve()).write('', () => resolve()));
}

function screenOf(stream: NodeJS.WriteStream): Screen {
  if (!stream.isTTY) return { isTerminal: false, columns: undefined, hasColors: false };
  return { isTerminal: true, columns: stream.columns || undefined, hasColors: stream.hasColors() };
}

function writeLine(line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (process.stderr.writableLength > BACKLOG_MAX) throw new Error('standard error is not being read');
    const timer = setTimeout(() => reject(new Error('standard error took too long')), LINE_MS);
    process.stderr.write(line, (error) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve();
    });
  });
}
