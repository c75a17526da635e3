import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

/** One request as it arrived; `path` is what follows the project. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = readonly [status: number, body?: unknown, headers?: Readonly<Record<string, string>>];

/** What to answer; or undefined, after playing a fault on the raw response. */
export type Script = (seen: Seen, response: ServerResponse, count: number) => Answer | undefined;

/** What one test plays: its own project, so that tests may run side by side on one server. */
export interface Scene {
  readonly project: string;
  /** Every request made in this project. */
  readonly seen: readonly Seen[];
  /** The requests other than GET, as method and path. */
  writes(): string[];
}

/** A real HTTP server on loopback that plays what tests tell it and remembers what it was asked. */
export interface ScriptedApi {
  readonly origin: string;
  scene(script: Script): Scene;
  /** Requests that belong to no scene, with their whole path. */
  readonly stray: readonly Seen[];
  close(): Promise<void>;
}

/** Starts one, over TLS where a certificate is given. */
export async function startScriptedApi(tls?: ServerOptions): Promise<ScriptedApi> {
  const scenes = new Map<string, { script: Script; seen: Seen[] }>();
  const stray: Seen[] = [];
  const server = tls ? createTlsServer(tls) : createServer();
  server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    const [, project = '', path = url] = /^\/v1\/project\/([^/]+)(\/.*)$/.exec(url) ?? [];
    const entry = { method, path, headers, body: Buffer.concat(chunks).toString() };
    const scene = scenes.get(project);
    if (!scene) stray.push({ ...entry, path: url });
    scene?.seen.push(entry);
    const answer = scene ? scene.script(entry, response, scene.seen.length) : ([404, { message: 'no scene' }] as const);
    if (!answer) return;
    const [status, body, extra] = answer;
    response.writeHead(status, {
      'content-type': typeof body === 'string' ? 'text/html' : 'application/json',
      ...extra,
    });
    response.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stray,
    scene(script) {
      const project = `scene-${scenes.size + 1}`;
      const seen: Seen[] = [];
      scenes.set(project, { script, seen });
      const writes = () => seen.flatMap(({ method, path }) => (method === 'GET' ? [] : [`${method} ${path}`]));
      return { project, seen, writes };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The path of a project's keys, and of one of them. */
export const CMKS = '/secrets/cmks';
export const ID = '12345678-1234-1234-1234-12345678abcd';
export const AWS = 'arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234';
export const KEY = { id: ID, provider: 'aws', resource: AWS, default_cmk: true, status: 'current' };

/** Answers looks as a project with this key, that nothing uses, would: what a call reads before it writes. */
export function looksAt(cmk: object): (seen: Seen) => Answer {
  return ({ method, path }) => {
    if (path === CMKS && method === 'GET') return [200, { cmks: [cmk] }];
    if (path.endsWith('/service_associations')) return [200, { service_associations: [] }];
    if (path === `${CMKS}/accessors`) return [200, { accessors: {} }];
    return [200, { cmk }];
  };
}

/** Answers looks as a project with `KEY` would. */
export const looks = looksAt(KEY);
