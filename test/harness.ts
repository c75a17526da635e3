import { fileURLToPath } from 'node:url';
import { Client as ModernClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernStdio } from '@modelcontextprotocol/client/stdio';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OlderStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect } from 'vitest';

/** The built program, as users start it. */
export const PROGRAM = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

/** A token that no message, log or result may ever repeat. */
export const TOKEN = 'test-token-Zm9vYmFy/+==';

export const ID = '12345678-1234-1234-1234-12345678abcd';
export const AWS = 'arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234';

/** How to start the program for one test. */
export interface Start {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What one call answered, in both places. */
export interface Outcome {
  readonly isError: boolean;
  readonly payload: Record<string, unknown>;
}

/** A tool as `tools/list` publishes it, loosely typed, the way a client reads it. */
export type Published = Record<string, unknown> & { name: string };

/** One real client connected to one process of the built program. */
export interface Peer {
  call(name: string, args?: Record<string, unknown>, options?: { signal?: AbortSignal }): Promise<Outcome>;
  /** The whole answer to `tools/list`. */
  list(): Promise<{ tools: Published[] } & Record<string, unknown>>;
  /** What the program wrote to standard error so far. */
  stderr(): string;
  readonly instructions: string | undefined;
  readonly serverName: string | undefined;
  close(): Promise<void>;
}

/** The two independent clients every end-to-end test runs with. */
export const PEERS: readonly { title: string; open: (start: Start) => Promise<Peer> }[] = [
  { title: 'SDK 1.x, protocol 2025-11-25', open: openOlder },
  { title: 'SDK 2.x, protocol 2026-07-28', open: openModern },
];

async function openOlder(start: Start): Promise<Peer> {
  const client = new OlderClient({ name: 'test', version: '1' });
  const transport = new OlderStdio({ ...parameters(start), stderr: 'pipe' });
  const stderr = collect(transport.stderr);
  await client.connect(transport);
  await client.listTools(); // From now on this client checks every result against the published schema.
  return {
    call: async (name, args = {}, options = {}) =>
      toOutcome(await client.callTool({ name, arguments: args }, undefined, options)),
    list: async () => (await client.listTools()) as unknown as Awaited<ReturnType<Peer['list']>>,
    stderr,
    instructions: client.getInstructions(),
    serverName: client.getServerVersion()?.name,
    close: () => client.close(),
  };
}

async function openModern(start: Start): Promise<Peer> {
  const client = new ModernClient(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  const transport = new ModernStdio({ ...parameters(start), stderr: 'pipe' });
  const stderr = collect(transport.stderr);
  await client.connect(transport);
  await client.listTools();
  return {
    call: async (name, args = {}, options = {}) => toOutcome(await client.callTool({ name, arguments: args }, options)),
    list: async () => (await client.listTools()) as unknown as Awaited<ReturnType<Peer['list']>>,
    stderr,
    instructions: client.getInstructions(),
    serverName: client.getServerVersion()?.name,
    close: () => client.close(),
  };
}

function parameters({ args = [], env = {} }: Start) {
  return { command: process.execPath, args: [PROGRAM, ...args], env: { ...env } };
}

function collect(stream: { on(event: 'data', listener: (chunk: Buffer) => void): unknown } | null): () => string {
  let text = '';
  stream?.on('data', (chunk) => {
    text += chunk.toString();
  });
  return () => text;
}

/** The outcome of a call, once it is sure that the text is the same JSON as the structured content. */
function toOutcome(result: Record<string, unknown>): Outcome {
  const [content] = result.content as [{ type: string; text: string }];
  expect(content.type).toBe('text');
  expect(JSON.parse(content.text)).toStrictEqual(result.structuredContent);
  expect(JSON.stringify(result)).not.toContain(TOKEN);
  return { isError: result.isError === true, payload: result.structuredContent as Record<string, unknown> };
}
