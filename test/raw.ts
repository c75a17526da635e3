import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PROGRAM } from './harness.ts';

/** One JSON-RPC message, as it stands on the wire. */
export type Message = Record<string, unknown> & { id?: number; method?: string; result?: Record<string, unknown> };

/** A hand-made client: what it sends is up to the test, protocol or not. */
export interface RawClient {
  readonly child: ChildProcessWithoutNullStreams;
  send(message: object): void;
  /** Sends a request and resolves with the message of the same id; other messages go to `onMessage`. */
  ask(method: string, params: object): Promise<Message>;
  onMessage: (message: Message) => void;
}

export function startRaw(args: readonly string[], env: Readonly<Record<string, string>> = {}): RawClient {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env });
  const waiting = new Map<number, (message: Message) => void>();
  let lastId = 0;
  const client: RawClient = {
    child,
    send: (message) => void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`),
    ask(method, params) {
      lastId += 1;
      const id = lastId;
      client.send({ id, method, params });
      return new Promise((resolve) => waiting.set(id, resolve));
    },
    onMessage: () => {},
  };
  createInterface(child.stdout).on('line', (line) => {
    const message: Message = JSON.parse(line);
    const resolve = message.method === undefined && message.id !== undefined ? waiting.get(message.id) : undefined;
    if (resolve) resolve(message);
    else client.onMessage(message);
  });
  child.stderr.resume();
  return client;
}

/** The parameters of a 2026-07-28 tool call by a client that can ask its human, with what the round adds. */
export function modernCall(name: string, args: object, round: object = {}): object {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
  };
  return { name, arguments: args, _meta, ...round };
}
