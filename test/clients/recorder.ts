import { createServer, request as forward, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A line of text that was sent, and its sender. */
export interface Line {
  readonly from: 'client' | 'server';
  readonly text: string;
}

/** A loopback proxy in front of a server that writes down what both sides say. */
export interface Recorder {
  readonly url: string;
  readonly lines: Line[];
  close(): void;
}

/** Passes everything on as it comes, so that event streams stay streams. */
export async function startRecorder(origin: string): Promise<Recorder> {
  const lines: Line[] = [];
  const proxy = createServer((incoming, outgoing) => {
    // The Host header is made anew, as the server checks it against its own address; and so is the connection, as a kept one
    // may be closed at the moment of its use.
    const { host: _host, ...headers } = incoming.headers;
    const options = { method: incoming.method, headers, agent: false };
    const onward = forward(new URL(incoming.url ?? '/', origin), options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      note(lines, 'server', answer);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    note(lines, 'client', incoming);
    incoming.pipe(onward);
  });
  proxy.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  const close = () => {
    proxy.closeAllConnections();
    proxy.close();
  };
  return { url: `http://127.0.0.1:${port}/mcp`, lines, close };
}

function note(lines: Line[], from: Line['from'], body: IncomingMessage): void {
  let text = '';
  body.on('data', (chunk) => {
    text += chunk;
  });
  body.on('end', () => {
    for (const line of text.split('\n')) lines.push({ from, text: line.replace(/^data: ?/, '') });
  });
}

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly _meta?: Readonly<Record<string, unknown>> };
  readonly result?: { readonly protocolVersion?: string };
}

/** The protocol versions in force at the calls of tools: that of the call itself, or else that of the handshake. */
export function spoken(lines: readonly Line[]): string {
  let agreed = 'none';
  const versions = new Set<string>();
  for (const { from, text } of lines) {
    const message = parse(text);
    if (from === 'server') agreed = message.result?.protocolVersion ?? agreed;
    if (from !== 'client' || message.method !== 'tools/call') continue;
    versions.add(String(message.params?._meta?.['io.modelcontextprotocol/protocolVersion'] ?? agreed));
  }
  return [...versions].join('+') || 'none';
}

function parse(text: string): Message {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {}; // Other lines of an event stream, or a client's Content-Length.
  }
}
