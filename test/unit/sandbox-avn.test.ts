import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../src/aiven/sandbox/api.ts';
import { startSandboxServer } from '../../src/aiven/sandbox/http-server.ts';
import recorded from '../fixtures/avn-requests.json' with { type: 'json' };

/** The fields without which avn ends with an error, or prints a table with a gap, by the end of the path. */
const NEEDED: readonly (readonly [path: RegExp, key: string, fields: readonly string[]])[] = [
  [
    /\/cmks(?:\/(?!accessors)[^/]+)?$/,
    'cmk',
    ['id', 'provider', 'resource', 'default_cmk', 'status', 'created_at', 'updated_at'],
  ],
  [/\/service_associations$/, 'service_association', ['service_name', 'status']],
  [
    /\/service(?:\/[^/]+)?$/,
    'service',
    'service_name service_type state cloud_name plan create_time update_time cmk_id user_config connection_info'.split(
      ' ',
    ),
  ],
  [
    /\/project(?:\/[^/]+)?$/,
    'project',
    ['project_name', 'default_cloud', 'card_info', 'account_id', 'billing_extra_text'],
  ],
  [/\/me$/, 'user', ['user', 'real_name', 'state', 'token_validity_begin', 'projects', 'auth']],
  [/\/events\?limit=\d+$/, 'event', ['time', 'actor', 'event_type', 'service_name', 'event_desc']],
];

/** Returns the objects that a response has under a key, or under the plural of it. */
function objectsIn(body: Record<string, unknown>, key: string): object[] {
  const one = body[key];
  const many = body[`${key}s`];
  return Array.isArray(many) ? many : typeof one === 'object' && one !== null ? [one] : [];
}

describe('the sandbox on a port, to what avn 4.18 sends', () => {
  let sandbox: Awaited<ReturnType<typeof startSandboxServer>>;
  beforeAll(async () => {
    sandbox = await startSandboxServer(createSandbox(), 0);
  });
  afterAll(() => {
    sandbox.server.closeAllConnections();
    return new Promise((resolve) => sandbox.server.close(resolve));
  });

  /** Sends a request with the headers that avn sends. */
  async function send(method: string, path: string, body?: unknown) {
    const type = body === undefined ? 'application/octet-stream' : 'application/json';
    const headers = { authorization: 'aivenv1 sandbox-token', 'content-type': type };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(`${sandbox.origin}${path}`, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  // One after the other, as recorded: each command finds what the ones before it left.
  it.each(recorded)('responds to $command', async ({ requests }) => {
    for (const [method, path, status, given] of requests as [string, string, number, unknown?][]) {
      const response = await send(method, path, given);
      expect([path, response.status]).toStrictEqual([path, status]);
      if (status >= 400) continue;
      for (const [, key, fields] of NEEDED.filter(([pattern]) => pattern.test(path))) {
        const found = objectsIn(response.body, key);
        expect(found.length).toBeGreaterThan(0);
        for (const each of found) for (const field of fields) expect(each).toHaveProperty(field);
      }
      if (path.includes('/service-types/')) expect(response.body).toHaveProperty('user_config_schema');
      expect(JSON.stringify(response.body)).not.toMatch(/password/i);
    }
  });

  it('shows a move at once in the response to it, and a new service on its key or on the default one', async () => {
    const key = '22222222-2222-4222-8222-222222222222';
    const moved = await send('PUT', '/v1/project/sandbox/service/scratch-valkey', { cmk_id: key });
    expect(moved.body.service).toMatchObject({ cmk_id: key, state: 'REBALANCING' });
    const wanted = { service_type: 'pg', plan: 'startup-4' };
    const onKey = await send('POST', '/v1/project/sandbox/service', { ...wanted, service_name: 'one', cmk_id: key });
    expect(onKey).toMatchObject({ status: 201, body: { service: { cmk_id: key, state: 'REBUILDING' } } });
    const byDefault = await send('POST', '/v1/project/sandbox/service', { ...wanted, service_name: 'two' });
    expect(byDefault.body.service).toMatchObject({ cmk_id: '11111111-1111-4111-8111-111111111111' });
    const managed = await send('POST', '/v1/project/sandbox-empty/service', { ...wanted, service_name: 'three' });
    expect(managed.body.service).toMatchObject({ cmk_id: null });
  });

  it.each([
    ['a name in use', { service_name: 'orders-pg' }, 409],
    ['no name', {}, 400],
    ['an old key', { service_name: 'x', cmk_id: '44444444-4444-4444-8444-444444444444' }, 404],
    ['an unknown type', { service_name: 'x', service_type: 'mysql' }, 400],
  ])('refuses a new service with %s', async (_case, given, status) => {
    const body = { service_type: 'pg', plan: 'startup-4', ...given };
    expect((await send('POST', '/v1/project/sandbox/service', body)).status).toBe(status);
  });

  it.each([
    ['GET', '/project', 404],
    ['POST', '/v1/project', 405],
    ['GET', '/v1/project/nowhere', 404],
    ['GET', '/v1/project/sandbox-viewer/events', 403],
  ])('answers %s %s with %i', async (method, path, status) => {
    expect((await send(method, path)).status).toBe(status);
  });
});
