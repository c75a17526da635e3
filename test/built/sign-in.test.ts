import { createHash, createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import { OAuth2Server } from 'oauth2-mock-server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TOKEN } from '../fixtures/harness.ts';
import { HTTP_CLIENTS, type HttpServer, post, spawnHttp, startHttp } from '../fixtures/http-harness.ts';
import { AWS, ID, looks } from '../fixtures/scripted-api.ts';
import { apiForSuite } from '../fixtures/suite.ts';

const AUDIENCE = 'https://cmk.example/mcp';
const ALL = 'cmk:read cmk:write cmk:delete';
const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };

const api = apiForSuite();
const aiven = () => ({ AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin });

describe('sign-in with an OpenID Connect issuer', () => {
  const issuer = new OAuth2Server();
  let server: HttpServer;
  beforeAll(async () => {
    await issuer.issuer.keys.generate('RS256');
    await issuer.start(0, '127.0.0.1');
    issuer.issuer.url = `http://127.0.0.1:${issuer.address().port}`;
    const env = { AIVEN_CMK_OIDC_ISSUER: issuer.issuer.url, AIVEN_CMK_OIDC_AUDIENCE: AUDIENCE };
    server = await startHttp(['--approval', 'argument'], { ...aiven(), ...env });
  });
  afterAll(async () => {
    await server.stop();
    await issuer.stop();
  });

  const seconds = () => Math.floor(Date.now() / 1_000);
  const claims = (changes: object = {}) => {
    const base = { iss: issuer.issuer.url, aud: AUDIENCE, sub: 'ada', scope: ALL, iat: seconds(), exp: seconds() + 60 };
    return JSON.parse(JSON.stringify({ ...base, ...changes })) as Record<string, unknown>;
  };
  const token = (changes: object = {}) =>
    issuer.issuer.buildToken({
      scopesOrTransform: (_header, payload) => {
        for (const name of Object.keys(payload)) delete payload[name];
        Object.assign(payload, claims(changes));
      },
    });
  const ask = async (bearer: string) => post(server.origin, list, { authorization: `Bearer ${bearer}` });

  it('lets a good token in', async () => {
    expect((await ask(await token())).status).toBe(200);
    expect((await ask(await token({ aud: ['other', AUDIENCE] }))).status).toBe(200);
  });

  it('answers a call without a token with 401 and where to sign in', async () => {
    const { status, headers } = await post(server.origin, list);
    expect(status).toBe(401);
    const url = /resource_metadata="([^"]+)"/.exec(headers.get('www-authenticate') ?? '')?.[1] ?? '';
    expect(url).toBe(`${server.origin}/.well-known/oauth-protected-resource/mcp`);
    expect(await (await fetch(url)).json()).toStrictEqual({
      resource: `${server.origin}/mcp`,
      authorization_servers: [issuer.issuer.url],
      scopes_supported: ['cmk:read', 'cmk:write', 'cmk:delete'],
      bearer_methods_supported: ['header'],
      resource_name: 'Aiven CMK',
    });
  });

  it.each<[string, () => string | Promise<string>]>([
    ['that is expired', () => token({ exp: seconds() - 60 })],
    ['that is not valid yet', () => token({ nbf: seconds() + 60 })],
    ['for another audience', () => token({ aud: 'https://other.example' })],
    ['for no audience', () => token({ aud: undefined })],
    ['of another issuer', () => token({ iss: 'https://other.example' })],
    ['that never expires', () => token({ exp: undefined })],
    ['without a subject', () => token({ sub: undefined })],
    ['that is unsigned', () => new UnsecuredJWT(claims()).encode()],
    ['signed with the public key as a shared secret', hmacWithPublicKey],
    ['signed by a key of its own under a known id', () => forged(String(key().kid))],
    ['signed by a key of an unknown id', () => forged('unknown')],
    ['that is no JWT', () => 'x.y.z'],
    ['that is the Aiven token', () => TOKEN],
    ['that is empty', () => ''],
  ])('refuses a token %s', async (_case, make) => {
    const { status, headers } = await ask(await make());
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toContain('resource_metadata=');
  });

  const key = (): JWK => issuer.issuer.keys.toJSON()[0] ?? {};
  async function hmacWithPublicKey(): Promise<string> {
    const spki = createPublicKey({ key: { ...key() }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const header = { alg: 'HS256', kid: String(key().kid) };
    return new SignJWT(claims()).setProtectedHeader(header).sign(Buffer.from(spki));
  }
  async function forged(kid: string): Promise<string> {
    const { privateKey } = await generateKeyPair('RS256');
    return new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
  }

  it('follows a rotation of keys', async () => {
    await ask(await token());
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), kid: 'rotated', alg: 'ES256' };
    await issuer.issuer.keys.add(jwk);
    const rotated = await new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', kid: 'rotated' }).sign(privateKey);
    await vi.waitFor(async () => expect((await ask(rotated)).status).toBe(200), { interval: 200 });
  });

  describe.each(HTTP_CLIENTS)('through $title', ({ connect }) => {
    it.each([
      ['cmk:read', ['accessors', 'list', 'get']],
      ['cmk:write', ['create', 'update']],
      ['cmk:delete', ['delete']],
      [ALL, ['accessors', 'create', 'list', 'get', 'update', 'delete']],
      ['', []],
      ['openid cmk:admin', []],
    ])('a caller with %j sees and may call only its tools', async (scope, names) => {
      const client = await connect(server.origin, { token: await token({ scope, sub: `sub:${scope}` }) });
      const wanted = names.map((name) => `aiven_cmk_${name}`);
      expect((await client.tools()).map(({ name }) => name)).toStrictEqual(wanted);
      const { project, seen } = api.scene(looks);
      for (const name of ['accessors', 'create', 'list', 'get', 'update', 'delete'].map(
        (each) => `aiven_cmk_${each}`,
      )) {
        const args: Record<string, object> = {
          aiven_cmk_create: { provider: 'aws', resource: AWS },
          aiven_cmk_get: { cmk_id: ID },
          aiven_cmk_update: { cmk_id: ID, default_cmk: true },
          aiven_cmk_delete: { cmk_id: ID, confirm_cmk_id: ID },
        };
        const before = seen.length;
        const { error } = await client.call(name, { project, ...args[name] });
        expect(error?.code).toBe(wanted.includes(name) ? undefined : 'scope_missing');
        if (error) expect(seen).toHaveLength(before);
      }
      await vi.waitFor(() => {
        const calls = server.audit().filter((line) => line.project === project && line.event === 'call');
        expect(calls).toHaveLength(6);
        expect(new Set(calls.map(({ caller }) => caller))).toStrictEqual(new Set([`sub:${scope}`]));
      });
      await client.close();
    });
  });

  it('never sends the caller’s token on, and never writes it', async () => {
    const bearer = await token();
    const { project, seen } = api.scene(looks);
    const call = { ...list, method: 'tools/call', params: { name: 'aiven_cmk_list', arguments: { project } } };
    expect((await post(server.origin, call, { authorization: `Bearer ${bearer}` })).status).toBe(200);
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(JSON.stringify(seen)).not.toContain(bearer);
    expect(server.stderr()).not.toContain(bearer);
    expect(server.stderr()).not.toContain(TOKEN);
  });
});

describe('sign-in with a slow issuer', () => {
  it('gives back the share of a caller that left while it signed in', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] };
    const client = new AbortController();
    let jwks: ServerResponse | undefined;
    const slow = createServer((request, response) => {
      if (request.url === '/keys') {
        jwks = response; // Answered once the caller has left.
        client.abort();
      } else response.end(JSON.stringify({ issuer: url, jwks_uri: `${url}/keys` }));
    });
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
    const env = { AIVEN_CMK_OIDC_ISSUER: url, AIVEN_CMK_OIDC_AUDIENCE: AUDIENCE, AIVEN_CMK_HTTP_CONCURRENT: '1' };
    const server = await startHttp([], { ...aiven(), ...env });
    const jwt = new SignJWT({ scope: ALL }).setProtectedHeader({ alg: 'ES256', kid: 'k' }).setIssuer(url);
    const bearer = await jwt.setAudience(AUDIENCE).setSubject('ada').setExpirationTime('1m').sign(privateKey);
    const headers = {
      authorization: `Bearer ${bearer}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    };
    const init = { method: 'POST', headers, body: JSON.stringify(list), signal: client.signal };
    await expect(fetch(new URL('/mcp', server.origin), init)).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 200)); // The server hears of it by the closed connection alone.
    jwks?.end(JSON.stringify(keys));
    await vi.waitFor(async () => expect((await post(server.origin, list, headers)).status).toBe(200));
    await server.stop();
    slow.closeAllConnections();
    slow.close();
  });
});

describe('sign-in with static tokens', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-tokens-'));
  const file = join(folder, 'tokens');
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const write = (...lines: string[]) => writeFileSync(file, `# name scopes hash\n\n${lines.join('\n')}\n`);
  let server: Awaited<ReturnType<typeof spawnHttp>>;
  beforeAll(async () => {
    write(`reader cmk:read ${sha256('reader-token')}`, `ops cmk:read,cmk:write,cmk:delete ${sha256('ops-token')}`);
    server = await spawnHttp(['--read-only'], { ...aiven(), AIVEN_CMK_HTTP_TOKENS_FILE: file });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  const ask = (bearer?: string) =>
    post(server.origin, list, bearer === undefined ? {} : { authorization: `Bearer ${bearer}` });

  it.each([
    ['reader-token', 200],
    ['ops-token', 200],
    ['other-token', 401],
    [sha256('reader-token'), 401],
    ['', 401],
    [undefined, 401],
  ])('answers the token %s with %i', async (bearer, status) => {
    expect((await ask(bearer)).status).toBe(status);
  });

  it('keeps --read-only for everyone, and names the caller in the record', async () => {
    const { text } = await ask('ops-token');
    expect(text).not.toContain('aiven_cmk_delete');
    const { project } = api.scene(looks);
    const call = { ...list, method: 'tools/call', params: { name: 'aiven_cmk_list', arguments: { project } } };
    await post(server.origin, call, { authorization: 'Bearer ops-token' });
    await vi.waitFor(() => expect(server.audit().at(-1)).toMatchObject({ caller: 'ops', project }));
  });

  it('reads the file again on SIGHUP, and keeps what it had when the file is broken', async () => {
    write(`new cmk:read ${sha256('new-token')}`);
    server.child.kill('SIGHUP');
    await server.line('read AIVEN_CMK_HTTP_TOKENS_FILE again');
    expect([(await ask('new-token')).status, (await ask('reader-token')).status]).toStrictEqual([200, 401]);
    write('new cmk:everything abc');
    server.child.kill('SIGHUP');
    expect(await server.line('kept the tokens')).toContain('line 3');
    expect((await ask('new-token')).status).toBe(200);
  });
});
