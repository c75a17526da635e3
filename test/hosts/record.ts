import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** What a client was seen to do with the server. */
export interface Seen {
  /** The token that it handed over, or sent. */
  readonly token: string | undefined;
  /** The protocol revision of its first request. */
  readonly protocol: string | undefined;
  /** How many tools it asked for and was told of. */
  readonly tools: number;
}

/**
 * Writes programs that keep what passes through them, each by its name and the program that it runs in the folder where the package
 * is installed, whichever folder the client starts it in. Returns how to read what they kept.
 */
export function recordCommands(bin: string, programs: Readonly<Record<string, string>>, folder: string): () => Seen {
  mkdirSync(bin, { recursive: true });
  const file = (name: string) => join(bin, name);
  for (const [name, program] of Object.entries(programs)) {
    const script = [
      '#!/bin/sh',
      `cd '${folder}' || exit`,
      `printf '%s\\n' "$AIVEN_TOKEN" > '${file('token')}'`,
      `tee -a '${file('asked')}' | '${program}' "$@" | tee -a '${file('answered')}'`,
    ];
    writeFileSync(file(name), `${script.join('\n')}\n`, { mode: 0o755 });
  }
  const read = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : '');
  return () => toSeen(read('token').trim() || undefined, read('asked'), read('answered'));
}

/** A loopback door before a server that serves HTTP, which keeps what passes through it. */
export async function recordHttp(origin: string): Promise<{ origin: string; server: Server; seen: () => Seen }> {
  let token: string | undefined;
  let asked = '';
  let answered = '';
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const { host: _host, connection: _connection, 'content-length': _length, ...rest } = headers;
    const answer = await fetch(new URL(url, origin), {
      method,
      headers: rest as Record<string, string>,
      ...(body !== '' && { body }),
    });
    const text = await answer.text();
    token = headers.authorization?.replace(/^Bearer /, '') ?? token;
    asked += `${body}\n`;
    answered += `${text.replace(/^data: /gm, '')}\n`;
    const passed = ['content-type', 'www-authenticate', 'mcp-session-id'].flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    response.writeHead(answer.status, Object.fromEntries(passed)).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, server, seen: () => toSeen(token, asked, answered) };
}

function toSeen(token: string | undefined, asked: string, answered: string): Seen {
  const requests = messages(asked);
  const lists = requests.filter(({ method }) => method === 'tools/list').map(({ id }) => id);
  const counts = messages(answered).flatMap(({ id, result }) => {
    const tools = lists.includes(id) ? result?.tools : undefined;
    return Array.isArray(tools) ? [tools.length] : [];
  });
  const params = requests[0]?.params;
  const protocol = params?.protocolVersion ?? Object(params?._meta)['io.modelcontextprotocol/protocolVersion'];
  return {
    token,
    protocol: protocol === undefined ? undefined : String(protocol),
    tools: Math.max(0, ...counts),
  };
}

/** The JSON-RPC messages of a text, one a line. */
function messages(text: string) {
  return text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Message] : []));
}

interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
}
