import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCA, createCert } from 'mkcert';
import { OAuth2Server } from 'oauth2-mock-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectProxy, startConnectProxy } from '../fixtures/connect-proxy.ts';
import { type TestClient, TOKEN } from '../fixtures/harness.ts';
import { post, startHttp } from '../fixtures/http-harness.ts';
import { runProgram } from '../fixtures/processes.ts';
import { AWS, CMKS, KEY, looks, type ScriptedApi, startScriptedApi } from '../fixtures/scripted-api.ts';
import { SPAWNED } from '../fixtures/spawned.ts';

/** A name that only the proxy can reach. */
const HOST = 'cmk-api.test';
const PASSWORD = 'pr0xy-pa55';
const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-'));
const authority = join(folder, 'ca.pem');
const newKey = { provider: 'aws', resource: AWS, default_cmk: true };

let api: ScriptedApi;
let plain: ScriptedApi;
let proxy: ConnectProxy;
let closed: ConnectProxy;
beforeAll(async () => {
  const validity = 2;
  const ca = await createCA({
    organization: 'Test',
    countryCode: 'FI',
    state: 'Uusimaa',
    locality: 'Helsinki',
    validity,
  });
  writeFileSync(authority, ca.cert);
  plain = await startScriptedApi();
  api = await startScriptedApi(await createCert({ ca, domains: [HOST, '127.0.0.1'], validity }));
  proxy = await startProxy();
  closed = await startConnectProxy(() => 407);
});
afterAll(async () => {
  await Promise.all([api.close(), plain.close(), proxy.close(), closed.close()]);
  rmSync(folder, { recursive: true });
});

/** Starts a proxy that reaches the API under its name, and everything else where it is. */
function startProxy(): Promise<ConnectProxy> {
  return startConnectProxy((target) => new URL(target === `${HOST}:443` ? api.origin : `http://${target}`));
}

/** One call through a fresh process, with what it wrote to standard error. */
async function call(env: Record<string, string>, name: string, args: object) {
  const [, modern] = SPAWNED;
  const client: TestClient | undefined = await modern?.open({ env: { AIVEN_TOKEN: TOKEN, ...env } });
  const outcome = await client?.call(name, { ...args });
  const stderr = client?.stderr() ?? '';
  await client?.close();
  return { error: outcome?.error, payload: outcome?.payload, stderr };
}

describe('a private certificate authority', () => {
  it.concurrent.each([
    ['is trusted when NODE_EXTRA_CA_CERTS names it', true],
    ['is not trusted otherwise, and nothing is sent', false],
  ])('%s', async (_title, trusted) => {
    const { project, seen } = api.scene(() => [200, { cmks: [KEY] }]);
    const env = { AIVEN_API_ORIGIN: api.origin, ...(trusted && { NODE_EXTRA_CA_CERTS: authority }) };
    const { error, payload } = await call(env, 'aiven_cmk_list', { project });
    if (trusted) expect(payload).toStrictEqual({ cmks: [KEY], total: 1 });
    else expect(error).toMatchObject({ code: 'api_unreachable', message: expect.stringContaining('UNABLE_TO_VERIFY') });
    expect(seen).toHaveLength(trusted ? 1 : 0);
  });
});

describe('behind a proxy', () => {
  const env = (changes: object = {}, { host } = proxy) => ({
    AIVEN_API_ORIGIN: `https://${HOST}`,
    NODE_EXTRA_CA_CERTS: authority,
    HTTPS_PROXY: `http://ada:${PASSWORD}@${host}`,
    ...changes,
  });

  it('reads and writes go through a tunnel, in which the proxy sees nothing', async () => {
    const before = proxy.tunnels.length;
    const { project, writes, seen } = api.scene((request) =>
      request.method === 'POST' ? [201, { cmk: KEY }] : looks(request),
    );
    const { payload, stderr } = await call(env(), 'aiven_cmk_create', { project, ...newKey, resource: `${AWS}-2` });
    expect(payload).toMatchObject({ cmk: KEY });
    expect(writes()).toStrictEqual([`POST ${CMKS}`]);
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    const tunnels = proxy.tunnels.slice(before);
    expect(new Set(tunnels.map(({ target }) => target))).toStrictEqual(new Set([`${HOST}:443`]));
    expect(new Set(tunnels.map(({ user }) => user))).toStrictEqual(new Set([`ada:${PASSWORD}`]));
    expect(proxy.passed()).not.toMatch(/authorization|secrets\/cmks/i);
    expect(stderr).not.toContain(PASSWORD);
    expect(
      stderr
        .trim()
        .split('\n')
        .every((line) => line.startsWith('{')),
    ).toBe(true);
  });

  it.concurrent.each<[string, (own: ConnectProxy) => Record<string, string>, boolean]>([
    [
      'https_proxy goes before HTTPS_PROXY',
      ({ host }) => env({ HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: host }),
      true,
    ],
    [
      'HTTP_PROXY serves https where nothing else does',
      ({ host }) => ({ ...env({ HTTPS_PROXY: '' }), HTTP_PROXY: host }),
      true,
    ],
    ['NO_PROXY names another host', (own) => env({ NO_PROXY: 'x.test' }, own), true],
    [
      'the API is on a loopback address',
      (own) => env({ AIVEN_API_ORIGIN: api.origin, HTTP_PROXY: own.host }, own),
      false,
    ],
    [
      'the API is at http://127.0.0.1',
      (own) => env({ AIVEN_API_ORIGIN: plain.origin, HTTP_PROXY: own.host }, own),
      false,
    ],
    [
      'the API is at http://localhost',
      (own) => env({ AIVEN_API_ORIGIN: plain.origin.replace('127.0.0.1', 'localhost'), HTTP_PROXY: own.host }, own),
      false,
    ],
    ['proxies are set to nothing', () => env({ HTTPS_PROXY: '', AIVEN_API_ORIGIN: api.origin }), false],
  ])('%s', async (_title, settingsFor, tunnelled) => {
    const own = await startProxy();
    const settings = settingsFor(own);
    const { AIVEN_API_ORIGIN: origin = '' } = settings;
    const { project } = (origin.startsWith('http:') ? plain : api).scene(() => [200, { cmks: [KEY] }]);
    expect((await call(settings, 'aiven_cmk_list', { project })).payload).toStrictEqual({ cmks: [KEY], total: 1 });
    expect(own.tunnels.length > 0).toBe(tunnelled);
    await own.close();
  });

  it.concurrent.each([
    ['', true],
    ['127.0.0.3', true],
    ['127.0.0.2', false],
    ['*', false],
  ])('NO_PROXY %j decides whether a host is reached through it', async (none, tunnelled) => {
    const own = await startProxy();
    // An address at which nothing listens, and which is not one of those that are never asked for at a proxy.
    const origin = api.origin.replace('127.0.0.1', '127.0.0.2');
    const settings = env({ NO_PROXY: none, AIVEN_API_ORIGIN: origin }, own);
    expect((await call(settings, 'aiven_cmk_list', { project: 'p' })).error?.code).toMatch(/^api_/);
    // A read is tried three times; a tunnel that fails is not tried again at once, without end.
    expect(own.tunnels).toHaveLength(tunnelled ? 3 : 0);
    await own.close();
  });

  it('a call ends at its deadline while a proxy says nothing', async () => {
    const silent = createServer().on('connection', (socket) => socket.on('error', () => {}));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const through = {
      HTTPS_PROXY: `127.0.0.1:${(silent.address() as AddressInfo).port}`,
      AIVEN_CMK_DEADLINE_MS: '300',
    };
    const { error } = await call(env(through), 'aiven_cmk_list', { project: 'p' });
    expect(error).toMatchObject({ code: 'api_timeout', message: expect.stringContaining('300 ms') });
    silent.close();
  });

  it('a refusal of the proxy is told as one, and a write is known not to have been sent', async () => {
    const { project, seen } = api.scene(looks);
    const through = { HTTPS_PROXY: `http://ada:${PASSWORD}@${closed.host}` };
    const { error, stderr } = await call(env(through), 'aiven_cmk_update', {
      project,
      cmk_id: KEY.id,
      default_cmk: true,
    });
    expect(error).toMatchObject({ code: 'api_unreachable', message: expect.stringContaining('PROXY_407') });
    expect(closed.tunnels).toHaveLength(1); // Reading back a write that may have been made would take another.
    expect(seen).toHaveLength(0);
    expect(JSON.stringify(error) + stderr).not.toContain(PASSWORD);
  });

  it('a write that is answered 421 is not sent again', async () => {
    const { project, writes } = api.scene((request) => (request.method === 'POST' ? [421, {}] : looks(request)));
    await call(env(), 'aiven_cmk_update', { project, cmk_id: KEY.id, default_cmk: false });
    expect(writes()).toHaveLength(1);
  });

  it.each([`socks5://ada:${PASSWORD}@127.0.0.1:1080`, `http://ada:${PASSWORD}@`, 'http://[', 'ftp://x'])(
    'the start stops at %s, without repeating it',
    async (value) => {
      const { status, stderr } = await runProgram([], { AIVEN_TOKEN: TOKEN, HTTPS_PROXY: value });
      expect(status).toBe(2);
      expect(stderr).toMatch(/^aiven-cmk-mcp: HTTPS_PROXY names no proxy/);
      expect(stderr).not.toContain(PASSWORD);
    },
  );

  it('a server over HTTP asks its issuer through it, too', async () => {
    const issuer = new OAuth2Server();
    await issuer.issuer.keys.generate('RS256');
    await issuer.start(0, '127.0.0.1');
    const host = `127.0.0.1:${issuer.address().port}`;
    issuer.issuer.url = `http://${host}`;
    const server = await startHttp(['--sandbox'], {
      AIVEN_CMK_OIDC_ISSUER: issuer.issuer.url,
      AIVEN_CMK_OIDC_AUDIENCE: 'cmk',
      HTTP_PROXY: proxy.host,
    });
    const token = await issuer.issuer.buildToken({
      scopesOrTransform: (_header, payload) =>
        void Object.assign(payload, { aud: 'cmk', sub: 'ada', scope: 'cmk:read' }),
    });
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
    expect((await post(server.origin, list, { authorization: `Bearer ${token}` })).status).toBe(200);
    expect(proxy.tunnels.map(({ target }) => target)).toContain(host);
    await server.stop();
    await issuer.stop();
  });
});
