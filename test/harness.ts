import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { Client as ModernClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernStdio } from '@modelcontextprotocol/client/stdio';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OlderStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema, type ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { expect } from 'vitest';

/** The built program, as users start it. */
export const PROGRAM = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

/** A token that no message, log or result may ever repeat. */
export const TOKEN = 'test-token-Zm9vYmFy/+==';

/** What a client's human is asked. */
export interface Asked {
  readonly message: string;
  readonly requestedSchema: unknown;
}

/** How to start the program for one test, and the human behind the client, if the client can ask one. */
export interface Start {
  /** What starts it, where that is not Node with the built program: a name to be found on the PATH of `env`. */
  readonly command?: string;
  readonly cwd?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly human?: (asked: Asked) => ElicitResult | Promise<ElicitResult>;
}

/** What one call answered, in both places. */
export interface Outcome {
  readonly isError: boolean;
  readonly payload: Record<string, unknown>;
  readonly error: { code: string; message: string; hint: string; retryable: boolean; call_id: string } | undefined;
}

/** A tool as `tools/list` publishes it, loosely typed, the way a client reads it. */
export type Published = Record<string, unknown> & { name: string };

/** What a call may be given beside its arguments. */
interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onprogress?: (progress: object) => void;
}

/** One real client connected to one process of the built program. */
export interface Peer {
  call(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<Outcome>;
  /** The whole answer to `tools/list`. */
  list(): Promise<{ tools: Published[] } & Record<string, unknown>>;
  /** What the program wrote to standard error so far. */
  stderr(): string;
  /** The audit lines written so far. */
  audit(): Record<string, unknown>[];
  readonly instructions: string | undefined;
  readonly serverName: string | undefined;
  close(): Promise<void>;
}

/** The two independent clients every end-to-end test runs with. */
export const PEERS: readonly { title: string; open: (start: Start) => Promise<Peer> }[] = [
  { title: 'SDK 1.x, protocol 2025-11-25', open: openOlder },
  { title: 'SDK 2.x, protocol 2026-07-28', open: openModern },
];

const INFO = { name: 'test', version: '1' };

async function openOlder({ human, ...start }: Start): Promise<Peer> {
  const client = new OlderClient(INFO, { capabilities: human ? { elicitation: {} } : {} });
  if (human) client.setRequestHandler(ElicitRequestSchema, ({ params }) => human(params as Asked));
  const transport = new OlderStdio({ ...parameters(start), stderr: 'pipe' });
  const output = collect(transport.stderr);
  await client.connect(transport);
  await client.listTools(); // From now on this client checks every result against the published schema.
  return {
    call: async (name, args = {}, options = {}) =>
      toOutcome(await client.callTool({ name, arguments: args }, undefined, options)),
    list: async () => (await client.listTools()) as unknown as Awaited<ReturnType<Peer['list']>>,
    ...output,
    instructions: client.getInstructions(),
    serverName: client.getServerVersion()?.name,
    close: () => client.close(),
  };
}

async function openModern({ human, ...start }: Start): Promise<Peer> {
  const client = new ModernClient(INFO, {
    capabilities: human ? { elicitation: {} } : {},
    versionNegotiation: { mode: { pin: '2026-07-28' } },
  });
  if (human) client.setRequestHandler('elicitation/create', ({ params }) => human(params as Asked));
  const transport = new ModernStdio({ ...parameters(start), stderr: 'pipe' });
  const output = collect(transport.stderr);
  await client.connect(transport);
  await client.listTools();
  return {
    call: async (name, args = {}, options = {}) => toOutcome(await client.callTool({ name, arguments: args }, options)),
    list: async () => (await client.listTools()) as unknown as Awaited<ReturnType<Peer['list']>>,
    ...output,
    instructions: client.getInstructions(),
    serverName: client.getServerVersion()?.name,
    close: () => client.close(),
  };
}

function parameters({ command, cwd, args = [], env = {} }: Start) {
  const start =
    command === undefined ? { command: process.execPath, args: [PROGRAM, ...args] } : { command, args: [...args] };
  return { ...start, env: { ...env }, ...(cwd !== undefined && { cwd }) };
}

function collect(stream: { on(event: 'data', listener: (chunk: Buffer) => void): unknown } | null) {
  let text = '';
  stream?.on('data', (chunk) => {
    text += chunk.toString();
  });
  return { stderr: () => text, audit: () => auditLines(text) };
}

/** The audit lines of a text that holds other lines, too. */
export function auditLines(text: string): Record<string, unknown>[] {
  return text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
}

/** The outcome of a call, once it is sure that the text is the same JSON as the structured content. */
export function toOutcome(result: Record<string, unknown>): Outcome {
  const [content] = result.content as [{ type: string; text: string }];
  expect(content.type).toBe('text');
  expect(isDeepStrictEqual(JSON.parse(content.text), result.structuredContent)).toBe(true);
  expect(JSON.stringify(result)).not.toContain(TOKEN);
  const payload = result.structuredContent as Record<string, unknown>;
  const error = result.isError ? (payload.error as Outcome['error']) : undefined;
  return { isError: result.isError === true, payload, error };
}
