import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What to answer: a status and a body (text as it is, anything else as JSON), or the raw response to play a fault on. */
export type Script = (seen: Seen, response: ServerResponse) => readonly [status: number, body?: unknown] | undefined;

/** A real HTTP server on loopback that plays what a test tells it and remembers what it was asked. */
export interface ScriptedApi {
  readonly origin: string;
  readonly seen: Seen[];
  /** Answers every request from now on with this, and forgets what was asked before. */
  play(script: Script): void;
  close(): Promise<void>;
}

export async function startScriptedApi(): Promise<ScriptedApi> {
  const seen: Seen[] = [];
  let script: Script = () => [500, { message: 'The test set no script.' }];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    const entry = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
    seen.push(entry);
    const answer = script(entry, response);
    if (!answer) return;
    const [status, body] = answer;
    response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/html' : 'application/json' });
    response.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    play(next) {
      script = next;
      seen.length = 0;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
