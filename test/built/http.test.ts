import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HTTP_CLIENTS, type HttpServer, post, startHttp } from '../fixtures/http-harness.ts';

const REVISIONS = ['2025-03-26', '2025-06-18', '2025-11-25'];
const list = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'aiven_cmk_list', arguments: { project: 'sandbox' } },
};

describe('HTTP', () => {
  let server: HttpServer;
  beforeAll(async () => {
    const allowed = ['--allowed-host', 'cmk.example', '--allowed-origin', 'ide.example'];
    server = await startHttp(['--sandbox', '--metrics', '0', ...allowed], {
      AIVEN_CMK_HTTP_PER_MINUTE: '100000',
      AIVEN_CMK_HTTP_CONCURRENT: '1000',
      AIVEN_CMK_HTTP_TIMEOUT_MS: '3000',
    });
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  describe.each(HTTP_CLIENTS)('through $title', ({ connect: open }) => {
    it('serves the six tools', async () => {
      const client = await open(server.origin);
      expect(await client.tools()).toHaveLength(6);
      const { payload } = await client.call('aiven_cmk_list', { project: 'sandbox' });
      expect(payload.cmks).toHaveLength(4);
      await client.close();
    });

    it('answers failures in the same form as over stdio', async () => {
      const client = await open(server.origin);
      const { error } = await client.call('aiven_cmk_get', { project: 'sandbox', cmk_id: 'x' });
      expect(error).toMatchObject({ code: 'invalid_arguments', call_id: expect.any(String) });
      await client.close();
    });
  });

  it.each(REVISIONS)('speaks %s, and keeps no session', async (protocolVersion) => {
    const clientInfo = { name: 'x', version: '1' };
    const params = { protocolVersion, capabilities: {}, clientInfo };
    const first = await post(server.origin, { jsonrpc: '2.0', id: 1, method: 'initialize', params });
    expect(first.message().result).toMatchObject({ protocolVersion, serverInfo: { name: 'aiven-cmk' } });
    expect(first.headers.get('mcp-session-id')).toBeNull();
    const called = await post(server.origin, list, { 'mcp-protocol-version': protocolVersion });
    expect(called.message().result).toMatchObject({ structuredContent: { cmks: expect.any(Array) } });
  });

  it.each([
    ['a foreign Host', { host: 'evil.example' }, 403],
    ['the address of another machine as Host', { host: '10.0.0.1' }, 403],
    ['a loopback Host', { host: 'localhost:1' }, 200],
    ['an allowed Host', { host: 'cmk.example:443' }, 200],
    ['a foreign Origin', { origin: 'https://evil.example' }, 403],
    ['the null Origin', { origin: 'null' }, 403],
    ['a loopback Origin', { origin: 'http://localhost:6274' }, 200],
    ['an allowed Origin', { origin: 'https://ide.example' }, 200],
  ] as const)('answers %s at every path as it must', async (_case, headers, status) => {
    for (const path of ['/mcp', '/healthz', '/readyz', '/metrics']) {
      const origin = path === '/metrics' ? server.metricsOrigin : server.origin;
      const answer = await raw(origin, path, headers, path === '/mcp' ? JSON.stringify(list) : undefined);
      expect(`${path} ${answer.slice(9, 12)}`).toBe(`${path} ${status}`);
    }
  });

  it('refuses a body over 256 KiB with 413, announced or not', async () => {
    const huge = JSON.stringify({ ...list, pad: 'x'.repeat(262_144) });
    expect((await post(server.origin, huge)).status).toBe(413);
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('x'.repeat(65_536)));
      },
    });
    const init = {
      method: 'POST',
      body: stream,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    } as const;
    const answer = await fetch(new URL('/mcp', server.origin), init).then(
      ({ status }) => status,
      () => 'closed',
    );
    expect([413, 'closed']).toContain(answer);
    expect((await post(server.origin, list)).status).toBe(200);
  });

  it.concurrent.each([
    ['headers that do not end', 'POST /mcp HTTP/1.1\r\nHost: localhost\r\nX-Slow: '],
    [
      'a body that does not end',
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    ],
  ])('closes a connection with %s in time', async (_case, start) => {
    const socket = connect(Number(new URL(server.origin).port), '127.0.0.1');
    socket.on('error', () => {}); // A reset is a good end, too.
    socket.resume().write(start);
    await once(socket, 'close');
  });

  it('survives garbage in a pipeline', async () => {
    const socket = connect(Number(new URL(server.origin).port), '127.0.0.1');
    socket.on('error', () => {});
    socket
      .resume()
      .write(`GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n${'\u0000\u0001garbage'.repeat(100)}\r\n\r\n`);
    await once(socket, 'close');
    expect((await post(server.origin, list)).status).toBe(200);
  });

  it.each([
    ['no JSON', '{', 400],
    ['a batch', [list, list], 200],
    ['a message without a method', { jsonrpc: '2.0', id: 1 }, 400],
    ['null', 'null', 400],
  ])('answers %s with a JSON-RPC message or an error status', async (_case, message, status) => {
    const answer = await post(server.origin, message);
    expect([status, 400]).toContain(answer.status);
  });

  it('tells that it is alive and ready, and counts what it does, in Prometheus text', async () => {
    const get = async (path: string) => fetch(new URL(path, server.origin));
    expect(await (await get('/healthz')).json()).toStrictEqual({ status: 'ok' });
    expect(await (await get('/readyz')).json()).toStrictEqual({ status: 'ready' });
    const metrics = await fetch(new URL('/metrics', server.metricsOrigin));
    expect(metrics.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const text = await metrics.text();
    expect(text).toMatch(/^aiven_cmk_calls_total\{tool="aiven_cmk_list",outcome="ok"\} \d+$/m);
    expect(text).toMatch(/^aiven_cmk_calls_total\{tool="aiven_cmk_get",outcome="invalid_arguments"\} \d+$/m);
    expect(text).toMatch(/^aiven_cmk_api_requests_total\{method="GET",status="200"\} \d+$/m);
    expect(text).toMatch(/^aiven_cmk_call_duration_seconds_count\{tool="aiven_cmk_list"\} \d+$/m);
    for (const status of [200, 403, 413]) {
      expect(text).toMatch(new RegExp(`^aiven_cmk_http_responses_total\\{status="${status}"\\} \\d+$`, 'm'));
    }
    for (const path of ['/nowhere', '/metrics']) expect((await get(path)).status).toBe(404);
  });
});

/** One request with headers that `fetch` would not let through; resolves with the start of the answer. */
async function raw(origin: string, path: string, headers: Record<string, string>, body?: string): Promise<string> {
  const lines = Object.entries({ host: 'localhost', accept: 'application/json, text/event-stream', ...headers });
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const length = body ? `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` : '';
  socket.write(`${body ? 'POST' : 'GET'} ${path} HTTP/1.1\r\n${head}${length}connection: close\r\n\r\n${body ?? ''}`);
  const [chunk] = await once(socket, 'data');
  socket.destroy();
  return String(chunk);
}
