import './without-eval.ts';
import packageJson from '../package.json' with { type: 'json' };
import { Activity } from './activity.ts';
import type { Proxies } from './aiven/proxy.ts';
import type { Fetch } from './aiven/send.ts';
import type { Connection } from './aiven/wire.ts';
import { AuditLog, type LineSink } from './audit.ts';
import type { Services } from './call.ts';
import type { Command, Config } from './config/index.ts';
import { CmkError } from './errors.ts';
import { openSandbox, SANDBOX_TOKEN } from './sandbox/index.ts';
import { Secret } from './secret.ts';
import { createServerFactory } from './server.ts';
import type { ShellCall } from './shell/call.ts';
import { serveOverStdio } from './transports/stdio.ts';

/** What a command may use of the process it runs in. */
export interface Terminal {
  /** Writes a result to standard output; not for use while MCP is spoken there. */
  print(text: string): void;
  /** Writes a line for the operator to standard error. */
  log(text: string): void;
  /** Writes to standard error without ever blocking. */
  readonly writeLine: LineSink;
}

/** Does what the command line asks for; resolves with the exit code. @throws CmkError `invalid_settings` */
export async function run(
  command: Exclude<Command, { kind: 'help' | 'version' }>,
  terminal: Terminal,
): Promise<number> {
  if (command.kind === 'doctor') return examineAll(command.config, terminal);
  if (command.kind === 'call') return callOnce(command.config, command, terminal);
  if (command.kind === 'sandbox') await serveSandbox(command.config, command.port, terminal);
  else await serve(command.config, terminal);
  return 0;
}

async function serve(config: Config, terminal: Terminal): Promise<void> {
  await recorded(start(config, terminal), async (services) => {
    if (!config.http) return serveOverStdio(createServerFactory(services, config), services.activity, services.log);
    // All that only HTTP takes is loaded only here: it is most of the program's start.
    const { serveHttp } = await import('./transports/serve-http.ts');
    return serveHttp(services, { ...config, outside: outside(config.proxies) }, config.http);
  });
}

async function callOnce(config: Config, call: ShellCall, terminal: Terminal): Promise<number> {
  const { callFromShell } = await import('./shell/call.ts');
  return recorded(start(config, terminal), async (services) => {
    const { text, failed } = await callFromShell(services, config, call);
    terminal.print(text);
    return failed ? 1 : 0;
  });
}

/** Works, and writes what records still wait when the work has ended. */
async function recorded<T>(services: Services, work: (services: Services) => Promise<T>): Promise<T> {
  try {
    return await work(services);
  } finally {
    await services.audit.flush().catch(() => {}); // Who does not read standard error does not get them.
  }
}

async function examineAll(config: Config, terminal: Terminal): Promise<number> {
  const { examine } = await import('./shell/doctor.ts');
  const { connection } = start(config, terminal);
  const findings = await examine(
    connection,
    config.sandbox && config.projects.length === 0 ? ['sandbox'] : config.projects,
  );
  for (const { what, well, text } of findings)
    terminal.print(`${well ? 'ok  ' : 'FAIL'}  ${what}: ${connection.token.redact(text)}`);
  return findings.every(({ well }) => well) ? 0 : 1;
}

async function serveSandbox({ sandboxFaults }: Config, port: number, { print }: Terminal): Promise<void> {
  const { openDoor } = await import('./sandbox/door.ts');
  const { origin } = await openDoor(openSandbox(sandboxFaults), port).catch((cause) => {
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
function start(config: Config, { log, writeLine }: Terminal): Services {
  const connection = connect(config);
  const { token } = connection;
  return {
    connection,
    approval: { mode: config.approval, timeoutMs: config.approvalTimeoutMs },
    audit: new AuditLog(writeLine, (text) => token.redact(text), config.auditFile),
    activity: new Activity(),
    load: once(loadOnCall),
    deadlineMs: config.deadlineMs,
    projects: config.projects,
    log,
  };
}

/** The sandbox or Aiven: from here on nothing tells them apart. */
function connect({ token, origin, proxies, timeoutMs, sandboxFaults }: Config): Connection {
  const common = { timeoutMs, userAgent: `${packageJson.name}/${packageJson.version}` };
  if (token) return { ...common, origin, token, fetch: outside(proxies) };
  return {
    ...common,
    origin: 'https://sandbox.invalid',
    token: new Secret(SANDBOX_TOKEN),
    fetch: openSandbox(sandboxFaults),
  };
}

/** The way out of this machine. What carries it is loaded at the first request, with TLS and all that comes with it. */
function outside(proxies: Proxies | undefined): Fetch {
  const way = once(async () => {
    if (!proxies) return (await import('./aiven/send.ts')).createSender();
    return (await import('./aiven/proxy.ts')).fetchThrough(proxies);
  });
  return async (request) => (await way())(request);
}

function loadOnCall() {
  return import('./on-call.ts').catch((cause) => {
    throw new CmkError('restart_needed', 'A part of the program cannot be loaded any more.', { cause });
  });
}

/** What `make` makes, made at the first use. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
