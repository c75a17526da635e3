import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Client as ModernClient, StreamableHTTPClientTransport as ModernHttp } from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OlderHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema, type ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { type Asked, auditLines, type Outcome, PROGRAM, type Published, toOutcome } from './harness.ts';

/** One process of the built program that serves HTTP. */
export interface HttpServer {
  /** Where it listens, without a path. */
  readonly origin: string;
  readonly child: ChildProcessWithoutNullStreams;
  stderr(): string;
  audit(): Record<string, unknown>[];
  /** Resolves with the next line on standard error that holds this text, or with one already there. */
  line(text: string): Promise<string>;
  /** Tells it to stop; resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** Starts the program with `--http` on a free loopback port. */
export async function startHttp(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<HttpServer> {
  const child = spawn(process.execPath, [PROGRAM, '--http', '0', ...args], { env });
  const lines: string[] = [];
  let heard = () => {};
  createInterface(child.stderr).on('line', (line) => {
    lines.push(line);
    heard();
  });
  const line = async (text: string): Promise<string> => {
    for (;;) {
      const found = lines.find((each) => each.includes(text));
      if (found) return found;
      if (child.exitCode !== null) throw new Error(`The program ended: ${lines.join('\n')}`);
      await new Promise<void>((resolve) => {
        heard = resolve;
        child.once('exit', () => resolve());
      });
    }
  };
  const origin = /http:\/\/\S+(?=\/mcp)/.exec(await line('listening on'))?.[0] ?? '';
  return {
    origin,
    child,
    line,
    stderr: () => lines.join('\n'),
    audit: () => auditLines(lines.join('\n')),
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = await exited;
      return code;
    },
  };
}

/** One real client over HTTP. */
export interface HttpPeer {
  call(name: string, args?: Record<string, unknown>): Promise<Outcome>;
  tools(): Promise<Published[]>;
  close(): Promise<void>;
}

interface Connect {
  readonly token?: string;
  readonly human?: (asked: Asked) => ElicitResult | Promise<ElicitResult>;
  /** Where requests really go; for clients of several copies behind one address. */
  readonly fetch?: typeof fetch;
}

/** The two independent clients, over HTTP. */
export const HTTP_PEERS: readonly {
  title: string;
  connect: (origin: string, options?: Connect) => Promise<HttpPeer>;
}[] = [
  { title: 'SDK 1.x, protocol 2025-11-25', connect: connectOlder },
  { title: 'SDK 2.x, protocol 2026-07-28', connect: connectModern },
];

const INFO = { name: 'test', version: '1' };

function transportOptions({ token, fetch }: Connect) {
  const requestInit = token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } };
  return { requestInit, ...(fetch && { fetch }) };
}

async function connectOlder(origin: string, options: Connect = {}): Promise<HttpPeer> {
  const { human } = options;
  const client = new OlderClient(INFO, { capabilities: human ? { elicitation: {} } : {} });
  if (human) client.setRequestHandler(ElicitRequestSchema, ({ params }) => human(params as Asked));
  const transport = new OlderHttp(new URL('/mcp', origin), transportOptions(options));
  await client.connect(transport as Parameters<typeof client.connect>[0]); // Its optional fields are typed more loosely.
  await client.listTools();
  return {
    call: async (name, args = {}) => toOutcome(await client.callTool({ name, arguments: args })),
    tools: async () => (await client.listTools()).tools as unknown as Published[],
    close: () => client.close(),
  };
}

async function connectModern(origin: string, options: Connect = {}): Promise<HttpPeer> {
  const { human } = options;
  const client = new ModernClient(INFO, {
    capabilities: human ? { elicitation: {} } : {},
    versionNegotiation: { mode: { pin: '2026-07-28' } },
  });
  if (human) client.setRequestHandler('elicitation/create', ({ params }) => human(params as Asked));
  await client.connect(new ModernHttp(new URL('/mcp', origin), transportOptions(options)));
  await client.listTools();
  return {
    call: async (name, args = {}) => toOutcome(await client.callTool({ name, arguments: args })),
    tools: async () => (await client.listTools()).tools as unknown as Published[],
    close: () => client.close(),
  };
}

/** A JSON-RPC request the way an HTTP client does send it, with its status and its message, streamed or not. */
export async function post(origin: string, message: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(new URL('/mcp', origin), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: typeof message === 'string' ? message : JSON.stringify(message),
  });
  const text = await response.text();
  const data = /^data: (.*)$/m.exec(text)?.[1] ?? text;
  const parse = () =>
    JSON.parse(data) as { result?: Record<string, unknown>; error?: { code: number; message: string } };
  return { status: response.status, headers: response.headers, text, message: parse };
}
