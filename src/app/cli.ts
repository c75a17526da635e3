#!/usr/bin/env node
import packageJson from '../../package.json' with { type: 'json' };
import { CmkError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import { readCommand } from './config/config.ts';
import type { Screen, ShellTerminal } from './wiring.ts';

/** Exit code for invalid settings and flags, as shells use it. */
const EXIT_USAGE = 2;

/** Maximum size of unread standard error before lines are dropped, in bytes: not every host reads it. */
const BACKLOG_MAX = 1024 * 1024;

/** Maximum time to write a line to standard error, in milliseconds. */
const LINE_MS = 2_000;

/** Maximum time for a client to read the last responses after a server has ended, in milliseconds. */
const SERVED_MS = 200;

// The token leaves the environment first: a crash or a diagnostic report may print the environment.
const environment = { ...process.env };
let secret = new Secret((environment.AIVEN_CMK_TOKEN ?? environment.AIVEN_TOKEN)?.trim() ?? '');
delete process.env.AIVEN_TOKEN;
delete process.env.AIVEN_CMK_TOKEN;
delete process.env.AIVEN_AUTH_TOKEN; // It is the variable of avn, and may hold the same token.
delete process.env.AIVEN_CMK_STORE_URL;

// Without a handler, Node opens its debugger on this signal, by which every local program could read the token.
process.on('SIGUSR1', () => log('ignored SIGUSR1: the debugger stays closed'));
process.stderr.on('error', () => {}); // A host that closes it must not end the server; writeLine() reports the failure to callers that need it.
process.on('uncaughtException', (error) => {
  log(error.stack ?? error.message);
  process.exit(1);
});

const terminal: ShellTerminal = {
  print,
  log,
  writeLine,
  screen: () => screenOf(process.stdout),
  errorScreen: () => screenOf(process.stderr),
};

try {
  process.exit(await main());
} catch (thrown) {
  const error = CmkError.from(thrown);
  if (error.code === 'invalid_settings' && process.argv[2] === 'doctor') {
    const check = { what: 'settings', status: 'FAIL', text: secret.redact(error.message) };
    const json = process.argv.includes('--json');
    print(json ? JSON.stringify({ ok: false, checks: [check] }, null, 2) : `FAIL  settings: ${check.text}`);
    process.exit(1);
  }
  if (error.code === 'internal' && error.cause instanceof Error) log(error.cause.stack ?? error.message);
  // What a person typed is answered in the form of the commands; hosts and their logs read the name of the program.
  else if (process.stderr.isTTY) await writeLine(`error: ${secret.redact(error.message)}\n`).catch(() => {});
  else log(error.message);
  process.exit(error.code === 'invalid_settings' ? EXIT_USAGE : 1);
}

async function main(): Promise<number> {
  const command = await readCommand(process.argv.slice(2), environment, (token) => {
    secret = token;
  });
  if (command.kind === 'help') {
    const { usage } = await import('./command-line/usage.ts');
    print(usage(command.topic, screenOf(process.stdout).columns));
  } else if (command.kind === 'version') print(packageJson.version);
  else {
    if ('config' in command && command.kind !== 'doctor') for (const warning of command.config.warnings) log(warning);
    delete environment.AIVEN_TOKEN;
    delete environment.AIVEN_CMK_TOKEN;
    // All other modules are loaded only when the settings are valid.
    const { run } = await import('./main.ts');
    const code = await run(command, terminal);
    // A client that no longer reads must not keep a server alive; the output of other commands is printed whole.
    await Promise.race([flushed(), ...(command.kind === 'serve' ? [later(SERVED_MS)] : [])]);
    return code;
  }
  await flushed();
  return 0;
}

/** Resolves when standard output is written, or its reader has closed it: Node writes to a pipe asynchronously. */
function flushed(): Promise<void> {
  if (process.stdout.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => process.stdout.once('error', () => resolve()).write('', () => resolve()));
}

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function screenOf(stream: NodeJS.WriteStream): Screen {
  if (!stream.isTTY) return { isTerminal: false, columns: undefined, hasColors: false };
  return { isTerminal: true, columns: stream.columns || undefined, hasColors: stream.hasColors() };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function log(text: string): void {
  writeLine(`aiven-cmk-mcp: ${secret.redact(text)}\n`).catch(() => {}); // There is no other place to report it.
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
