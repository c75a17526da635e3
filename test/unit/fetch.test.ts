import { getEventListeners } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Fetch, RESPONSE_MAX } from '../../src/aiven/fetch/fetch.ts';
import { createNodeFetch } from '../../src/aiven/fetch/node.ts';
import { createProxyFetch } from '../../src/aiven/fetch/proxy.ts';
import { RequestError } from '../../src/aiven/fetch/request-error.ts';
import { CmkError } from '../../src/core/errors.ts';
import { type ConnectProxy, startConnectProxy } from '../fixtures/connect-proxy.ts';

let proxy: ConnectProxy;
let refusing: ConnectProxy;
const servers: Server[] = [];
beforeAll(async () => {
  proxy = await startConnectProxy((target) => new URL(`http://${target}`));
  refusing = await startConnectProxy(() => 407);
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(() => Promise.all([proxy.close(), refusing.close()]));

/** Starts an API for one test, and counts the requests that reach it. */
async function start(listener: RequestListener): Promise<{ origin: string; count: () => number }> {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    listener(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, count: () => count };
}

const through = (host: string, none = '') => createProxyFetch({ https: undefined, http: `http://${host}`, none });
const failureOf = (exchange: Promise<Response>) => exchange.then(() => undefined).catch((error: unknown) => error);

/** The two signals that end a request. */
const ABORTED: [string, (fetch: Fetch, origin: string, signal: AbortSignal) => Promise<Response>][] = [
  ['the request', (fetch, origin, signal) => fetch(new Request(origin, { signal }))],
  ['the call', (fetch, origin, signal) => fetch(new Request(origin), signal)],
];

/** An origin on which nothing listens. */
async function nowhere(): Promise<string> {
  const { origin } = await start(() => {});
  await new Promise((resolve) => servers.pop()?.close(resolve));
  return origin;
}

describe.each<[string, () => Fetch]>([
  ['Node’s HTTP client', createNodeFetch],
  ['a proxy', () => through(proxy.host)],
])('requests carried by %s', (_name, create) => {
  it.each<[string, RequestListener, string]>([
    ['with a length', (_request, response) => response.end('whole'), 'whole'],
    ['in chunks', (_request, response) => void response.write('who', () => response.end('le')), 'whole'],
    [
      'of the greatest length',
      (_request, response) => response.end('x'.repeat(RESPONSE_MAX)),
      'x'.repeat(RESPONSE_MAX),
    ],
    ['with a null body status', (_request, response) => response.writeHead(204).end(), ''],
    ['with an empty body', (_request, response) => response.writeHead(500).end(), ''],
  ])('have their whole response in memory when it comes %s', async (_case, listener, text) => {
    const { origin } = await start(listener);
    const response = await create()(new Request(origin));
    for (const server of servers) server.closeAllConnections();
    expect(await response.text()).toBe(text);
  });

  it('send method, path, headers and body, and keep single headers of the response', async () => {
    const { origin } = await start(async (request, response) => {
      const pieces = [];
      for await (const piece of request) pieces.push(piece);
      const { method, url, headers } = request;
      response.setHeader('retry-after', '3').setHeader('set-cookie', ['a', 'b']);
      response.end(
        JSON.stringify({ method, url, type: headers['content-type'], body: Buffer.concat(pieces).toString() }),
      );
    });
    const headers = { 'content-type': 'application/json' };
    const response = await create()(new Request(`${origin}/a/b?c=d`, { method: 'PUT', headers, body: '{"ä":1}' }));
    expect(await response.json()).toStrictEqual({
      method: 'PUT',
      url: '/a/b?c=d',
      type: headers['content-type'],
      body: '{"ä":1}',
    });
    expect(response.headers.get('retry-after')).toBe('3');
  });

  it.each([421, 302, 503])('are sent once when the response is %i', async (status) => {
    const { origin, count } = await start((_request, response) =>
      response.writeHead(status, { location: '/elsewhere' }).end(),
    );
    expect((await create()(new Request(origin, { method: 'POST', body: '{}' }))).status).toBe(status);
    expect(count()).toBe(1);
  });

  it.each<[string, RequestListener]>([
    ['that declares its length', (_request, response) => response.end('x'.repeat(RESPONSE_MAX + 1))],
    ['in chunks', (_request, response) => void response.write('x', () => response.end('x'.repeat(RESPONSE_MAX)))],
  ])('do not read a response over 4 MiB %s', async (_case, listener) => {
    const { origin } = await start(listener);
    const error = await failureOf(create()(new Request(origin)));
    expect(error).toMatchObject({ code: 'unexpected_response', httpStatus: 200, ambiguous: true });
    expect(error).toBeInstanceOf(CmkError);
  });

  it('refuse what is no status of HTTP', async () => {
    const { origin } = await start((_request, response) => response.writeHead(999).end());
    expect(await failureOf(create()(new Request(origin)))).toMatchObject({
      code: 'unexpected_response',
      httpStatus: 999,
    });
  });

  it.each<[string, RequestListener]>([
    ['breaks before the response', (request) => request.socket.destroy()],
    [
      'breaks within the body',
      (_request, response) =>
        void response.writeHead(200, { 'content-length': 9 }).write('x', () => response.destroy()),
    ],
    ['breaks within a chunked body', (_request, response) => void response.write('x', () => response.destroy())],
  ])('are known to have been sent when the connection %s', async (_case, listener) => {
    const { origin, count } = await start(listener);
    const error = await failureOf(create()(new Request(origin, { method: 'POST', body: '{}' })));
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({ sent: true, code: expect.stringMatching(/^[A-Z_]+$/) });
    expect(count()).toBe(1);
  });

  it('are known to have been sent when a kept connection breaks', async () => {
    const carry = create();
    let requests = 0;
    const { origin } = await start((request, response) => {
      requests += 1;
      if (requests === 1) response.end('kept');
      else request.socket.destroy();
    });
    await carry(new Request(origin));
    expect(await failureOf(carry(new Request(origin)))).toMatchObject({ sent: true });
  });

  it.each(ABORTED)('end at once when %s is aborted while a response comes', async (_whose, send) => {
    const abort = new AbortController();
    const { origin } = await start((_request, response) => void response.write('x', () => abort.abort()));
    expect(await failureOf(send(create(), origin, abort.signal))).toMatchObject({ sent: true });
  });

  it.each(ABORTED)('are not sent when %s was aborted before', async (_whose, send) => {
    const { origin, count } = await start((_request, response) => response.end());
    expect(await failureOf(send(create(), origin, AbortSignal.abort()))).toMatchObject({ sent: false });
    expect(count()).toBe(0);
  });

  it('leave no listener on the signal of the call', async () => {
    const { origin } = await start((_request, response) => response.end());
    const { signal } = new AbortController();
    await create()(new Request(origin), signal);
    expect(getEventListeners(signal, 'abort')).toStrictEqual([]);
  });
});

describe('requests that get no connection are known not to have been sent', () => {
  it('when nothing listens', async () => {
    const error = await failureOf(createNodeFetch()(new Request(await nowhere(), { method: 'POST', body: '{}' })));
    expect(error).toMatchObject({ sent: false, code: 'ECONNREFUSED' });
  });

  it('when the proxy is not there', async () => {
    const { host } = new URL(await nowhere());
    const error = await failureOf(through(host)(new Request('http://cmk-api.test', { method: 'POST', body: '{}' })));
    expect(error).toMatchObject({ sent: false, code: 'ECONNREFUSED' });
  });

  it('when the proxy refuses', async () => {
    const error = await failureOf(
      through(refusing.host)(new Request('http://cmk-api.test', { method: 'POST', body: '{}' })),
    );
    expect(error).toMatchObject({ sent: false, code: 'PROXY_407' });
  });

  it('when the TLS handshake fails', async () => {
    const { origin } = await start(() => {});
    const request = new Request(origin.replace('http:', 'https:'), { method: 'POST', body: '{}' });
    for (const carry of [createNodeFetch(), through(proxy.host)]) {
      expect(await failureOf(carry(request.clone()))).toMatchObject({ sent: false });
    }
  });

  it('when they are aborted while the proxy says nothing', async () => {
    const silent = createTcpServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const abort = new AbortController();
    silent.once('connection', (socket) => socket.once('data', () => abort.abort()).on('error', () => {}));
    const carry = through(`127.0.0.1:${(silent.address() as AddressInfo).port}`);
    const error = await failureOf(carry(new Request('http://cmk-api.test', { signal: abort.signal })));
    expect(error).toMatchObject({ sent: false });
    silent.close();
  });
});

describe('a proxy', () => {
  it.each([
    ['names the host', 'x.test,127.0.0.1', false],
    ['is *', '*', false],
    ['names another host', '127.0.0.2', true],
    ['is empty', '', true],
  ])('is passed by or not where NO_PROXY %s', async (_case, none, tunnelled) => {
    const { origin } = await start((_request, response) => response.end());
    expect((await through(proxy.host, none)(new Request(origin))).status).toBe(200);
    expect(proxy.tunnels.some(({ target }) => origin.endsWith(target))).toBe(tunnelled);
  });
});
