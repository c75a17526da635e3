import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Agent, request as startRequest } from 'node:http';

/** The response to a JSON-RPC request. */
export interface JsonRpcResponse {
  readonly result?: Record<string, unknown>;
  readonly error?: unknown;
}

/** A client with little processor time of its own: it writes messages, and parses only what it needs of the responses. */
export interface Client {
  request(method: string, params: object): Promise<JsonRpcResponse>;
}

/** The protocol revision of all measurements: most clients of today use it, and every peer supports it. */
export const REVISION = '2025-11-25';

const INITIALIZE = {
  protocolVersion: REVISION,
  capabilities: {},
  clientInfo: { name: 'bench', version: '1' },
};

/** Opens an MCP session with a program over its standard input and output. */
export async function openStdio(child: ChildProcessWithoutNullStreams): Promise<Client> {
  const waiting = new Map<number, (response: JsonRpcResponse) => void>();
  let lastId = 0;
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('{')) continue; // Some peers print other lines on standard output.
      const message = JSON.parse(line) as JsonRpcResponse & { id?: number };
      waiting.get(message.id ?? 0)?.(message);
      waiting.delete(message.id ?? 0);
    }
  });
  const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const client: Client = {
    request(method, params) {
      lastId += 1;
      send({ id: lastId, method, params });
      const id = lastId;
      return new Promise((resolve) => waiting.set(id, resolve));
    },
  };
  await client.request('initialize', INITIALIZE);
  send({ method: 'notifications/initialized' });
  return client;
}

/** A client whose connections can be closed; the next request opens new ones. */
export interface HttpClient extends Client {
  close(): void;
}

/** Opens a client of a stateless Streamable HTTP endpoint, with persistent connections. */
export function openHttp(url: string, headers: Readonly<Record<string, string>> = {}): HttpClient {
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
    async request(method, params) {
      lastId += 1;
      const body = JSON.stringify({ jsonrpc: '2.0', id: lastId, method, params });
      const text = await new Promise<string>((resolve, reject) => {
        const options = { agent, method: 'POST', headers: { ...common, 'content-length': Buffer.byteLength(body) } };
        const outgoing = startRequest(url, options, (response) => {
          let received = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            received += chunk;
          });
          response.on('end', () => resolve(received)).on('error', reject);
        });
        outgoing.on('error', reject).end(body);
      });
      return JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? text) as JsonRpcResponse;
    },
  };
}

/** Calls `work` with 0 to `count` - 1, with a fixed number of calls in flight. */
export async function pool(count: number, inFlight: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

/** Makes a tool call that must succeed. Resolves with its result. @throws Error if it fails. */
export async function succeed(client: Client, name: string, args: object): Promise<Record<string, unknown>> {
  const { result, error } = await client.request('tools/call', { name, arguments: args });
  if (!result || result.isError) throw new Error(`${name} failed: ${JSON.stringify(result ?? error)}`);
  return result;
}
