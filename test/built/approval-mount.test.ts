import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCommand } from '../../src/app/config/config.ts';
import { InFlight } from '../../src/calls/in-flight.ts';
import { type Endpoint, startEndpoint } from '../../src/server/http/endpoint.ts';
import type { HttpEnv } from '../../src/server/http/http-env.ts';

describe('the routes of the approval page', () => {
  let endpoint: Endpoint;
  beforeAll(async () => {
    const env = { AIVEN_CMK_PUBLIC_URL: 'https://cmk.example/mcp' };
    const command = await readCommand(['--sandbox', '--http', '0', '--allowed-origin', 'other.example'], env);
    if (command.kind !== 'serve' || !command.config.http) throw new Error('This serves HTTP.');
    const approvals = new Hono<HttpEnv>()
      .get('/', (context) => context.text('list'))
      .all('/:id', (context) => context.text(`page of ${context.req.param('id')}`));
    const parts = {
      reachable: async () => true,
      inFlight: new InFlight(),
      audit: { note: async () => {} },
      log: () => {},
    };
    const signIn = {
      verifier: { verifyAccessToken: () => Promise.reject(new Error('Not asked.')) },
      issuer: undefined,
    };
    const settings = { ...command.config, http: command.config.http };
    const factory = () => {
      throw new Error('No MCP is spoken here.');
    };
    endpoint = await startEndpoint(factory, { ...parts, signIn, approvals }, settings);
  });
  afterAll(() => endpoint.close());
  const ask = (path: string, init?: RequestInit) => fetch(new URL(path, endpoint.origin), init);

  it('are reached without an access token, below /approvals alone', async () => {
    expect(await (await ask('/approvals')).text()).toBe('list');
    expect(await (await ask('/approvals/abc')).text()).toBe('page of abc');
    expect((await ask('/approval')).status).toBe(404);
    expect((await ask('/mcp', { method: 'POST' })).status).toBe(401);
  });

  it.each([
    ['https://cmk.example', 200],
    ['https://other.example', 200],
    ['https://evil.example', 403],
    ['null', 403],
  ])('take a form that is sent from %s with %i', async (origin, status) => {
    expect((await ask('/approvals/abc', { method: 'POST', headers: { origin } })).status).toBe(status);
  });

  it('do not open /mcp to browsers of that origin', async () => {
    expect((await ask('/mcp', { method: 'POST', headers: { origin: 'https://cmk.example' } })).status).toBe(403);
  });
});
