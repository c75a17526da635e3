import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Agent, request } from 'node:http';

/** What a JSON-RPC request was answered. */
export interface Answer {
  readonly result?: Record<string, unknown>;
  readonly error?: unknown;
}

/** A client that costs next to nothing: it writes messages, and reads no more of the answers than it must. */
export interface Client {
  ask(method: string, params: object): Promise<Answer>;
}

/** The revision that all measurements speak: what most clients of today do, and what every peer understands. */
export const REVISION = '2025-11-25';

const INITIALIZE = {
  protocolVersion: REVISION,
  capabilities: {},
  clientInfo: { name: 'bench', version: '1' },
};

/** Opens an MCP session with a program over its standard input and output. */
export async function openStdio(child: ChildProcessWithoutNullStreams): Promise<Client> {
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('{')) continue; // Some peers greet on standard output.
      const message = JSON.parse(line) as Answer & { id?: number };
      waiting.get(message.id ?? 0)?.(message);
      waiting.delete(message.id ?? 0);
    }
  });
  const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const client: Client = {
    ask(method, params) {
      lastId += 1;
      send({ id: lastId, method, params });
      const id = lastId;
      return new Promise((resolve) => waiting.set(id, resolve));
    },
  };
  await client.ask('initialize', INITIALIZE);
  send({ method: 'notifications/initialized' });
  return client;
}

/** Posts to a stateless Streamable HTTP endpoint over connections that are kept. */
export function openHttp(url: string, headers: Readonly<Record<string, string>> = {}): Client & { close(): void } {
  const agent = new Agent({ keepAlive: true });
  let lastId = 0;
  const common = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': REVISION,
    ...headers,
  };
  return {
    close: () => agent.destroy(),
    async ask(method, params) {
      lastId += 1;
      const body = JSON.stringify({ jsonrpc: '2.0', id: lastId, method, params });
      const text = await new Promise<string>((resolve, reject) => {
        const options = { agent, method: 'POST', headers: { ...common, 'content-length': Buffer.byteLength(body) } };
        const outgoing = request(url, options, (response) => {
          let received = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            received += chunk;
          });
          response.on('end', () => resolve(received)).on('error', reject);
        });
        outgoing.on('error', reject).end(body);
      });
      return JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? text) as Answer;
    },
  };
}

/** Does `work` for 0 to `count` - 1, a fixed number at a time. */
export async function pool(count: number, inFlight: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

/** Makes a tool call that must succeed. */
export async function succeed(client: Client, name: string, args: object): Promise<void> {
  const { result, error } = await client.ask('tools/call', { name, arguments: args });
  if (!result || result.isError) throw new Error(`${name} failed: ${JSON.stringify(result ?? error)}`);
}
