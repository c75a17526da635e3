import packageJson from '../package.json' with { type: 'json' };
import { Activity } from './activity.ts';
import { sendOnce } from './aiven/send.ts';
import type { Connection } from './aiven/wire.ts';
import { Approvals } from './approval.ts';
import { AuditLog } from './audit.ts';
import type { Services } from './call.ts';
import { type Command, type Config, readCommand } from './config/index.ts';
import { usage } from './config/usage.ts';
import { CmkError } from './errors.ts';
import { createSandbox, SANDBOX_TOKEN } from './sandbox/api.ts';
import { withFaults } from './sandbox/faults.ts';
import { Secret } from './secret.ts';
import { createServerFactory } from './server.ts';
import type { ShellCall } from './shell/call.ts';
import { serveOverStdio } from './transports/stdio.ts';

/** The exit code for settings and flags that are not understood, as shells use it. */
const EXIT_USAGE = 2;

/** How much standard error may hold back unread before lines are dropped, in bytes: not every host reads it. */
const BACKLOG_MAX = 1024 * 1024;

/** How long a line to standard error may take to be written, in milliseconds. */
const LINE_MS = 2_000;

let redact = (text: string) => text;

process.stderr.on('error', () => {}); // A host that closes it must not end the server; writeLine() tells who needs to know.
process.on('uncaughtException', (error) => {
  log(error.stack ?? error.message);
  process.exit(1);
});

try {
  process.exit(await run(readCommand(process.argv.slice(2), process.env)));
} catch (thrown) {
  const error = CmkError.from(thrown);
  if (error.code === 'invalid_settings' && process.argv[2] === 'doctor') {
    print(`FAIL  settings: ${error.message}`);
    process.exit(1);
  }
  log(error.code === 'internal' && error.cause instanceof Error ? (error.cause.stack ?? error.message) : error.message);
  process.exit(error.code === 'invalid_settings' ? EXIT_USAGE : 1);
}

/** Does what the command line asks for; resolves with the exit code. */
async function run(command: Command): Promise<number> {
  if (command.kind === 'help') print(usage());
  else if (command.kind === 'version') print(packageJson.version);
  else if (command.kind === 'sandbox') await serveSandbox(command.config, command.port);
  else if (command.kind === 'doctor') return examineAll(command.config);
  else if (command.kind === 'call') return callOnce(command.config, command);
  else await serve(command.config);
  return 0;
}

async function serve(config: Config): Promise<void> {
  const services = start(config);
  if (!config.http) return serveOverStdio(createServerFactory(services, config), services.activity, log);
  // All that only HTTP takes is loaded only here: it is most of the program's start.
  const { serveHttp } = await import('./transports/serve-http.ts');
  await serveHttp(services, config, config.http);
}

async function callOnce(config: Config, call: ShellCall): Promise<number> {
  const { callFromShell } = await import('./shell/call.ts');
  const { text, failed } = await callFromShell(start(config), config, call);
  print(text);
  return failed ? 1 : 0;
}

async function examineAll(config: Config): Promise<number> {
  const { examine } = await import('./shell/doctor.ts');
  const { connection } = start(config);
  const findings = await examine(
    connection,
    config.sandbox && config.projects.length === 0 ? ['sandbox'] : config.projects,
  );
  for (const { what, well, text } of findings) print(`${well ? 'ok  ' : 'FAIL'}  ${what}: ${redact(text)}`);
  return findings.every(({ well }) => well) ? 0 : 1;
}

async function serveSandbox({ sandboxFaults }: Config, port: number): Promise<void> {
  const { openDoor } = await import('./sandbox/door.ts');
  const { origin } = await openDoor(withFaults(createSandbox(), sandboxFaults), port).catch((cause) => {
    throw new CmkError(
      'invalid_settings',
      `--port ${port} cannot be listened on (${cause.code}): it takes a free port.`,
    );
  });
  const variables = {
    AIVEN_API_ORIGIN: origin,
    AIVEN_TOKEN: SANDBOX_TOKEN,
    AIVEN_WEB_URL: origin,
    AIVEN_AUTH_TOKEN: SANDBOX_TOKEN,
  };
  for (const [name, value] of Object.entries(variables)) print(`export ${name}=${value}`);
  await new Promise<void>((resolve) => process.once('SIGTERM', resolve).once('SIGINT', resolve));
}

/** What all calls of this process work with. */
function start(config: Config): Services {
  const connection = connect(config);
  const { token } = connection;
  redact = (text) => token.redact(text);
  return {
    connection,
    approvals: new Approvals({ mode: config.approval, timeoutMs: config.approvalTimeoutMs, token }),
    audit: new AuditLog(writeLine, redact, config.auditFile),
    activity: new Activity(),
    deadlineMs: config.deadlineMs,
    log,
  };
}

/** The sandbox or Aiven: from here on nothing tells them apart. */
function connect({ token, origin, timeoutMs, sandboxFaults }: Config): Connection {
  const common = { timeoutMs, userAgent: `${packageJson.name}/${packageJson.version}` };
  if (token) return { ...common, origin, token, fetch: sendOnce };
  const fetch = withFaults(createSandbox(), sandboxFaults);
  return { ...common, origin: 'https://sandbox.invalid', token: new Secret(SANDBOX_TOKEN), fetch };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function log(text: string): void {
  writeLine(`aiven-cmk-mcp: ${redact(text)}\n`).catch(() => {}); // There is nowhere else to say it.
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
