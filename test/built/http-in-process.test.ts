import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuthInfo, McpServer } from '@modelcontextprotocol/server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readCommand } from '../../src/app/config/config.ts';
import { InFlight } from '../../src/calls/in-flight.ts';
import { StaticTokens } from '../../src/server/http/auth/static-tokens.ts';
import { type Endpoint, startEndpoint } from '../../src/server/http/endpoint.ts';
import { HTTP_CLIENTS, post, startHttp } from '../fixtures/http-harness.ts';
import { type Issuer, startIssuer } from '../fixtures/issuer.ts';

const tools = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('the HTTP server in the process of its caller', () => {
  it.each(HTTP_CLIENTS)('serves $title, and leaves nothing behind', async ({ connect }) => {
    const signals =
      process.listenerCount('SIGTERM') + process.listenerCount('SIGINT') + process.listenerCount('SIGHUP');
    const server = await startHttp(['--sandbox', '--metrics', '0']);
    const client = await connect(server.origin);
    const { payload } = await client.call('aiven_cmk_list', { project: 'sandbox' });
    expect(payload.cmks).toHaveLength(4);
    const metrics = new URL('/metrics', server.metricsOrigin);
    expect(await (await fetch(metrics)).text()).toContain(
      'aiven_cmk_calls_total{tool="aiven_cmk_list",outcome="ok"} 1',
    );
    await client.close();
    await server.stop();
    for (const url of [new URL('/healthz', server.origin), metrics]) await expect(fetch(url)).rejects.toThrow();
    expect(process.listenerCount('SIGTERM') + process.listenerCount('SIGINT') + process.listenerCount('SIGHUP')).toBe(
      signals,
    );
  });
});

describe('what a server is told of its caller', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-caller-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const tokens = (name: string, token: string) => {
    const file = join(folder, name);
    writeFileSync(file, `ops cmk:read ${sha256(token)}\n`);
    return new StaticTokens(file);
  };

  async function callerOf(verifier: StaticTokens | undefined, token: string): Promise<AuthInfo | undefined> {
    const command = await readCommand(['--sandbox', '--http', '0'], {});
    if (command.kind !== 'serve' || !command.config.http) throw new Error('This serves HTTP.');
    let seen: AuthInfo | undefined;
    const endpoint: Endpoint = await startEndpoint(
      ({ authInfo }) => {
        seen = authInfo;
        return new McpServer({ name: 'x', version: '1' }, { capabilities: { tools: {} } });
      },
      {
        reachable: async () => true,
        inFlight: new InFlight(),
        audit: { note: async () => {} },
        log: () => {},
        ...(verifier && { signIn: { verifier, issuer: undefined } }),
      },
      { ...command.config, http: command.config.http },
    );
    await post(endpoint.origin, tools, bearer(token));
    await endpoint.close();
    return seen;
  }

  it('is an address and nobody’s name without sign-in', async () => {
    expect(await callerOf(undefined, 'x')).toMatchObject({
      clientId: 'anyone',
      scopes: ['cmk:read', 'cmk:write', 'cmk:delete'],
      extra: { address: '127.0.0.1', anonymous: true },
    });
  });

  it('tells static tokens of one name apart, and holds neither token nor hash', async () => {
    const one = await callerOf(tokens('one', 'token-1'), 'token-1');
    const other = await callerOf(tokens('other', 'token-2'), 'token-2');
    expect(one).toMatchObject({ clientId: 'ops', scopes: ['cmk:read'], extra: { address: '127.0.0.1' } });
    expect(one?.extra?.credential).toMatch(/^[0-9a-f]{12}$/);
    expect(one?.extra?.credential).not.toBe(other?.extra?.credential);
    expect(sha256('token-1')).not.toContain(one?.extra?.credential);
    expect(JSON.stringify(one)).not.toContain('token-1');
    expect(Object.keys(one?.extra ?? {}).sort()).toStrictEqual(['address', 'credential']);
  });
});

describe('refused sign-ins', () => {
  let issuer: Issuer;
  beforeAll(async () => {
    issuer = await startIssuer();
  });
  afterAll(() => issuer.close());
  const refusals = (lines: Record<string, unknown>[]) => lines.filter(({ event }) => event === 'sign_in_refused');

  it('leave a line that says from where and why, and does not hold the token', async () => {
    const server = await startHttp(['--sandbox'], issuer.env);
    const refused = [await issuer.token({ aud: 'https://other.example' }), await issuer.token({ cnf: {} }), 'x.y.z'];
    for (const token of refused) expect((await post(server.origin, tools, bearer(token))).status).toBe(401);
    expect((await post(server.origin, tools)).status).toBe(401);
    expect((await post(server.origin, tools, bearer(await issuer.token()))).status).toBe(200);
    await vi.waitFor(() => expect(refusals(server.audit())).toHaveLength(4), { timeout: 15_000 });
    const common = { event: 'sign_in_refused', address: '127.0.0.1', issuer: issuer.url, time: expect.any(String) };
    expect(refusals(server.audit())).toStrictEqual(
      [/"aud"/, /bound to a key/, /no JWT/, /Missing Authorization/].map((reason) => ({
        ...common,
        reason: expect.stringMatching(reason),
      })),
    );
    for (const token of refused) expect(server.stderr()).not.toContain(token);
    await server.stop();
  });

  it('say why an issuer cannot be used', async () => {
    const server = await startHttp(['--sandbox'], issuer.env);
    const { metadata } = issuer.answers;
    issuer.answers.metadata = (response) =>
      response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: 'https://keys.example/keys' }));
    const { status, text } = await post(server.origin, tools, bearer(await issuer.token()));
    issuer.answers.metadata = metadata;
    expect(status).toBe(500);
    expect(text).not.toContain('jwks_uri');
    await vi.waitFor(() => expect(refusals(server.audit())[0]?.reason).toContain('jwks_uri'), { timeout: 15_000 });
    await server.stop();
  });

  it('do not flood the record', async () => {
    const server = await startHttp(['--sandbox'], issuer.env);
    const flood = Array.from({ length: 100 }, (_, at) => post(server.origin, tools, bearer(`bad-${at}`)));
    expect(new Set((await Promise.all(flood)).map(({ status }) => status))).toStrictEqual(new Set([401]));
    await vi.waitFor(() => expect(refusals(server.audit())).toHaveLength(10), { timeout: 15_000 });
    await server.stop();
  });
});
