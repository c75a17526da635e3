import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { TOKEN } from '../fixtures/harness.ts';
import { post, startHttp } from '../fixtures/http-harness.ts';
import { looks } from '../fixtures/scripted-api.ts';
import { apiForSuite } from '../fixtures/suite.ts';

const list = (project = 'sandbox') => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'aiven_cmk_list', arguments: { project } },
});

const tools = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };

/** How long to wait for what a loaded machine may take long to do. */
const EVENTUALLY = { timeout: 15_000, interval: 5 };

/** A connection on which a test writes HTTP by hand. */
async function open(origin: string): Promise<Socket> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.on('error', () => {}); // A reset is what some tests are about.
  await once(socket, 'connect');
  return socket;
}

/** A request to /mcp as it is sent, with a body of this length that may follow later. */
function head(length: number): string {
  const accept = 'Accept: application/json, text/event-stream\r\n';
  return `POST /mcp HTTP/1.1\r\nHost: localhost\r\n${accept}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
}

describe('limits over HTTP', () => {
  const api = apiForSuite();
  const env = () => ({ AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin });

  it('gives back the share of every pipelined request when its connection is reset', { timeout: 60_000 }, async () => {
    const server = await startHttp(['--insecure-no-sign-in'], {
      ...env(),
      AIVEN_CMK_HTTP_CONCURRENT: '4',
      AIVEN_CMK_HTTP_PER_MINUTE: '100000',
    });
    const scene = api.scene(() => undefined); // The API never answers, so all but the first are queued.
    const body = JSON.stringify(list(scene.project));
    for (let round = 0; round < 50; round += 1) {
      const socket = await open(server.origin);
      socket.write(`${head(body.length)}${body}`.repeat(4));
      await vi.waitFor(() => expect(scene.seen).toHaveLength(4 * (round + 1)), EVENTUALLY);
      socket.resetAndDestroy();
      await vi.waitFor(async () => expect((await post(server.origin, tools)).status).toBe(200), EVENTUALLY);
    }
    const { project } = api.scene(looks);
    expect((await post(server.origin, list(project))).status).toBe(200);
    await server.stop();
  });

  it('refuses more than a caller’s share before it reads a body', async () => {
    const server = await startHttp(['--sandbox'], {
      AIVEN_CMK_HTTP_CONCURRENT: '2',
      AIVEN_CMK_HTTP_TIMEOUT_MS: '600000',
    });
    const body = JSON.stringify(tools);
    const sockets = [await open(server.origin), await open(server.origin), await open(server.origin)] as const;
    const [first, second, third] = sockets;
    for (const socket of [first, second]) socket.write(head(body.length));
    await vi.waitFor(async () => expect((await post(server.origin, tools)).status).toBe(429), EVENTUALLY);
    third.write(head(body.length));
    expect(String(await once(third, 'data'))).toMatch(/^HTTP\/1\.1 429 /);
    first.write(body);
    expect(String(await once(first, 'data'))).toMatch(/^HTTP\/1\.1 200 /);
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(async () => expect((await post(server.origin, tools)).status).toBe(200), EVENTUALLY);
    await server.stop();
  });

  it('closes connections over their number at once, and takes new ones when others have ended', async () => {
    const server = await startHttp(['--sandbox'], { AIVEN_CMK_HTTP_CONNECTIONS: '3' });
    const held = [await open(server.origin), await open(server.origin), await open(server.origin)];
    await server.line('listening');
    const over = await open(server.origin);
    await once(over.resume(), 'close');
    expect(await server.line('AIVEN_CMK_HTTP_CONNECTIONS')).toContain('3');
    for (const socket of held) socket.destroy();
    await vi.waitFor(async () => expect((await post(server.origin, tools)).status).toBe(200), EVENTUALLY);
    await server.stop();
  });

  describe('with sign-in', () => {
    const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-limits-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    const file = join(folder, 'tokens');
    writeFileSync(file, ['one', 'two'].map((name) => `${name} cmk:read ${sha256(`token-${name}`)}\n`).join(''));

    it('bounds refused tokens of one address, but not the callers who have signed in from there', async () => {
      const server = await startHttp(['--sandbox'], {
        AIVEN_CMK_HTTP_TOKENS_FILE: file,
        AIVEN_CMK_HTTP_PER_MINUTE: '3',
      });
      const ask = async (token: string) =>
        (await post(server.origin, tools, { authorization: `Bearer ${token}` })).status;
      expect(await ask('token-one')).toBe(200);
      const statuses: number[] = [];
      for (let attempt = 0; attempt < 31; attempt += 1) statuses.push(await ask(`bad-${attempt}`));
      expect(statuses).toStrictEqual([...Array<number>(30).fill(401), 429]);
      expect((await post(server.origin, tools)).headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
      expect([await ask('token-two'), await ask('token-one'), await ask('bad-0')]).toStrictEqual([429, 200, 429]);
      await server.stop();
    });
  });
});
