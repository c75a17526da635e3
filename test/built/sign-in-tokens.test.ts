import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpServer, post, startHttp } from '../fixtures/http-harness.ts';
import { type Issuer, startIssuer } from '../fixtures/issuer.ts';

const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
const ask = async ({ origin }: HttpServer, bearer: string) =>
  (await post(origin, list, { authorization: `Bearer ${bearer}` })).status;
const seconds = () => Math.floor(Date.now() / 1_000);

describe('an access token', () => {
  let issuer: Issuer;
  let server: HttpServer;
  beforeAll(async () => {
    issuer = await startIssuer();
    server = await startHttp(['--sandbox'], issuer.env);
  });
  afterAll(async () => {
    await server.stop();
    await issuer.close();
  });

  it.each([
    ['a type that is absent', {}],
    ['the type JWT', { typ: 'JWT' }],
    ['the type at+jwt', { typ: 'at+jwt' }],
    ['the type at+jwt as a whole media type', { typ: 'application/at+jwt' }],
    ['the type at+jwt in other letters', { typ: 'AT+JWT' }],
  ])('may have %s', async (_case, header) => {
    expect(await ask(server, await issuer.token({}, header))).toBe(200);
  });

  it.each<[string, object, object]>([
    ['the type of a logout token', {}, { typ: 'logout+jwt' }],
    ['the type of a proof', {}, { typ: 'dpop+jwt' }],
    ['the type of an ID token', {}, { typ: 'id_token+jwt' }],
    ['a type in another media type', {}, { typ: 'text/at+jwt' }],
    ['an empty type', {}, { typ: '' }],
    ['a type that is no text', {}, { typ: ['at+jwt'] }],
    ['a key that its caller must prove to have', { cnf: { jkt: 'x' } }, {}],
    ['an odd confirmation', { cnf: null }, {}],
    ['an empty subject', { sub: '' }, {}],
    ['a subject that is no text', { sub: 7 }, {}],
    ['a subject with a line break', { sub: 'ada\nroot' }, {}],
    ['a subject with an invisible character', { sub: 'ada\u200b' }, {}],
    ['a subject with a filler', { sub: 'ada\u3164' }, {}],
    ['a subject with a space of another kind', { sub: 'ada\u00a0lovelace' }, {}],
    ['a subject with two spaces', { sub: 'ada  lovelace' }, {}],
    ['a subject with a space at its end', { sub: 'ada ' }, {}],
    ['a subject with half a character', { sub: 'ada\ud800' }, {}],
    ['a subject that is too long', { sub: 'a'.repeat(256) }, {}],
    ['an end that is past the tolerance', { exp: seconds() - 60 }, {}],
    ['an end that is no number', { exp: 'tomorrow' }, {}],
  ])('is refused with %s', async (_case, claims, header) => {
    expect(await ask(server, await issuer.token(claims, header))).toBe(401);
  });

  it('may have a subject of 255 characters, spaces among them', async () => {
    const sub = `auth0|Ada Lovelace ${'ä'.repeat(236)}`;
    expect(sub).toHaveLength(255);
    expect(await ask(server, await issuer.token({ sub }))).toBe(200);
  });

  it('may have ended by this machine’s clock less than 5 s ago', async () => {
    expect(await ask(server, await issuer.token({ exp: seconds() - 1 }))).toBe(200);
  });
});

describe('an issuer that fails', () => {
  let issuer: Issuer;
  let server: HttpServer;
  const started = async () => {
    issuer = await startIssuer();
    server = await startHttp(['--sandbox'], issuer.env);
  };
  const ended = async () => {
    await server.stop();
    await issuer.close();
  };
  const flood = async (make: () => Promise<string>) => {
    const tokens = await Promise.all(Array.from({ length: 20 }, make));
    const together = await Promise.all(tokens.map((token) => ask(server, token)));
    const apart: number[] = [];
    for (const token of tokens) apart.push(await ask(server, token));
    return new Set([...together, ...apart]);
  };

  it.each<[string, (to: Issuer) => void, 'metadata' | 'keys']>([
    [
      'metadata that is a failure',
      ({ answers }) => {
        answers.metadata = (response) => response.writeHead(500).end();
      },
      'metadata',
    ],
    [
      'metadata that is no JSON',
      ({ answers }) => {
        answers.metadata = (response) => response.end('<html>');
      },
      'metadata',
    ],
    [
      'metadata that is null',
      ({ answers }) => {
        answers.metadata = (response) => response.end('null');
      },
      'metadata',
    ],
    [
      'keys that are a failure',
      ({ answers }) => {
        answers.keys = (response) => response.writeHead(500).end();
      },
      'keys',
    ],
    [
      'keys that are no JSON',
      ({ answers }) => {
        answers.keys = (response) => response.end('<html>');
      },
      'keys',
    ],
    [
      'keys that are no key set',
      ({ answers }) => {
        answers.keys = (response) => response.end('{"keys":7}');
      },
      'keys',
    ],
  ])('is asked at most every two seconds, not once a token: %s', async (_case, fail, what) => {
    await started();
    fail(issuer);
    const from = Date.now();
    expect(await flood(() => issuer.token())).toStrictEqual(new Set([500]));
    const windows = 1 + Math.floor((Date.now() - from) / 2_000);
    expect(issuer.fetched[what]).toBeGreaterThan(0);
    expect(issuer.fetched[what]).toBeLessThanOrEqual(windows);
    await ended();
  });

  it('keeps no caller out whose key is known', async () => {
    await started();
    expect(await ask(server, await issuer.token())).toBe(200);
    issuer.answers.keys = (response) => response.writeHead(500).end();
    await flood(() => issuer.token({}, { kid: 'unknown' }));
    expect(await ask(server, await issuer.token())).toBe(200);
    await ended();
  });

  it('is not asked about a token that is none', async () => {
    await started();
    expect(await flood(async () => 'x.y.z')).toStrictEqual(new Set([401]));
    expect(issuer.fetched).toStrictEqual({ metadata: 0, keys: 0 });
    await ended();
  });

  it.each<[string, (port: string) => string]>([
    ['on another host', (port) => `http://localhost:${port}/keys`],
    ['on another host that looks alike', (port) => `http://127.0.0.1:${port}@evil.example/keys`],
    ['on another port', (port) => `http://127.0.0.1:${Number(port) - 1}/keys`],
    ['with another scheme', () => 'data:application/json,{"keys":[]}'],
    ['that is no URL', () => '/keys'],
  ])('names keys %s, and is refused', async (_case, uri) => {
    await started();
    const { url } = issuer;
    const jwks_uri = uri(new URL(url).port);
    issuer.answers.metadata = (response) => response.end(JSON.stringify({ issuer: url, jwks_uri }));
    expect(await ask(server, await issuer.token())).toBe(500);
    expect(issuer.fetched.keys).toBe(0);
    await ended();
  });
});
