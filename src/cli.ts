import packageJson from '../package.json' with { type: 'json' };
import { Activity } from './activity.ts';
import { sendOnce } from './aiven/send.ts';
import type { Connection } from './aiven/wire.ts';
import { Approvals } from './approval.ts';
import { AuditLog } from './audit.ts';
import { type Config, readCommand, usage } from './config/index.ts';
import { CmkError } from './errors.ts';
import { createSandbox, SANDBOX_TOKEN } from './sandbox/api.ts';
import { Secret } from './secret.ts';
import { createServerFactory } from './server.ts';
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
  const command = readCommand(process.argv.slice(2), process.env);
  if (command.kind === 'help') process.stdout.write(`${usage()}\n`);
  else if (command.kind === 'version') process.stdout.write(`${packageJson.version}\n`);
  else await serve(command.config);
  process.exit(0);
} catch (thrown) {
  const error = CmkError.from(thrown);
  log(error.code === 'internal' && error.cause instanceof Error ? (error.cause.stack ?? error.message) : error.message);
  process.exit(error.code === 'invalid_settings' ? EXIT_USAGE : 1);
}

async function serve(config: Config): Promise<void> {
  const connection = connect(config);
  const { token } = connection;
  redact = (text) => token.redact(text);
  const services = {
    connection,
    approvals: new Approvals({ mode: config.approval, timeoutMs: config.approvalTimeoutMs, token }),
    audit: new AuditLog(writeLine, redact, config.auditFile),
    activity: new Activity(),
    deadlineMs: config.deadlineMs,
    log,
  };
  if (!config.http) return serveOverStdio(createServerFactory(services, config), services.activity, log);
  // All that only HTTP takes is loaded only here: it is most of the program's start.
  const { serveHttp } = await import('./transports/serve-http.ts');
  await serveHttp(services, config, config.http);
}

/** The sandbox or Aiven: from here on nothing tells them apart. */
function connect({ token, origin, timeoutMs }: Config): Connection {
  const common = { timeoutMs, userAgent: `${packageJson.name}/${packageJson.version}` };
  if (token) return { ...common, origin, token, fetch: sendOnce };
  return { ...common, origin: 'https://sandbox.invalid', token: new Secret(SANDBOX_TOKEN), fetch: createSandbox() };
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
