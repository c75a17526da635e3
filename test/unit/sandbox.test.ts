import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSandbox } from '../../src/aiven/sandbox/api.ts';
import { CLIENTS, type TestClient } from '../fixtures/harness.ts';

const project = 'sandbox';
const [DEFAULT, USED, IDLE, OLD] = ['1', '2', '3', '4'].map(
  (n) => `${n.repeat(8)}-${n.repeat(4)}-4${n.repeat(3)}-8${n.repeat(3)}-${n.repeat(12)}`,
);

interface Key {
  id: string;
  provider: string;
  status: string;
  default_cmk: boolean;
  resource: string;
}

describe.each(CLIENTS)('the sandbox, through $title', ({ open }) => {
  let client: TestClient;
  beforeAll(async () => {
    client = await open({ args: ['--sandbox'] });
  });
  afterAll(() => client.close());

  async function keys(): Promise<Key[]> {
    const { payload } = await client.call('aiven_cmk_list', { project });
    return payload.cmks as Key[];
  }

  it('starts with a key of each provider, one the default, one old', async () => {
    const seeded = await keys();
    expect(seeded.map(({ id }) => id)).toStrictEqual([DEFAULT, USED, IDLE, OLD]);
    expect(seeded.map(({ provider }) => provider)).toStrictEqual(['aws', 'gcp', 'azure', 'oci']);
    expect(seeded.filter(({ default_cmk }) => default_cmk).map(({ id }) => id)).toStrictEqual([DEFAULT]);
    expect(seeded.filter(({ status }) => status === 'old').map(({ id }) => id)).toStrictEqual([OLD]);
  });

  it('lists accessors of all four clouds', async () => {
    const { payload } = await client.call('aiven_cmk_accessors', { project });
    expect(Object.keys(payload.accessors as object).sort()).toStrictEqual(['aws', 'azure', 'gcp', 'oci']);
  });

  it('registers a key, makes it the one default, and deletes it', async () => {
    const resource = 'projects/my-project/locations/europe-north1/keyRings/ring/cryptoKeys/new-key';
    const created = await client.call('aiven_cmk_create', { project, provider: 'gcp', resource, default_cmk: true });
    const { cmk } = created.payload as { cmk: Key & { created_at: string } };
    expect(cmk).toMatchObject({ provider: 'gcp', resource, status: 'current', default_cmk: true });
    expect(cmk.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect((await keys()).filter(({ default_cmk }) => default_cmk).map(({ id }) => id)).toStrictEqual([cmk.id]);

    await client.call('aiven_cmk_update', { project, cmk_id: cmk.id, default_cmk: false });
    expect((await keys()).filter(({ default_cmk }) => default_cmk)).toStrictEqual([]);

    const deleted = await client.call('aiven_cmk_delete', { project, cmk_id: cmk.id, confirm_cmk_id: cmk.id });
    expect(deleted).toMatchObject({ isError: false, payload: { cmk: { id: cmk.id } } });
    const gone = await client.call('aiven_cmk_get', { project, cmk_id: cmk.id });
    expect(gone.payload).toMatchObject({ error: { code: 'not_found', http_status: 404 } });
  });

  it('refuses to delete a key that services use, and keeps it', async () => {
    const { error } = await client.call('aiven_cmk_delete', { project, cmk_id: USED, confirm_cmk_id: USED });
    expect(error).toMatchObject({ code: 'cmk_in_use', message: expect.stringMatching(/orders-pg.*billing-kafka/) });
    expect((await keys()).map(({ id }) => id)).toContain(USED);
  });

  it('refuses to register the same key twice', async () => {
    const [first] = await keys();
    const { provider, resource } = first as Key;
    const { payload } = await client.call('aiven_cmk_create', { project, provider, resource });
    expect(payload).toMatchObject({ error: { code: 'conflict', http_status: 409 } });
  });

  it('knows one project', async () => {
    const { payload } = await client.call('aiven_cmk_list', { project: 'elsewhere' });
    expect(payload).toMatchObject({
      error: { code: 'not_found', message: expect.stringContaining('Project does not') },
    });
  });
});

describe.concurrent('a bad day in the sandbox', () => {
  const open = CLIENTS[0]?.open;
  it.each([
    ['429=1', 'rate_limited', 3],
    ['500=1', 'api_error', 3],
    ['lost=1', 'api_unreachable', 3],
  ])('with --sandbox-faults %s a read fails as %s after %i tries', async (faults, code, requests) => {
    const client = await open?.({ args: ['--sandbox', '--sandbox-faults', faults] });
    expect((await client?.call('aiven_cmk_list', { project }))?.error?.code).toBe(code);
    await vi.waitFor(() => expect(client?.audit()).toMatchObject([{ outcome: code, api_requests: requests }]));
    await client?.close();
  });

  it('with latency every answer takes its time', async () => {
    const client = await open?.({
      args: ['--sandbox', '--sandbox-faults', 'latency=300'],
      env: { AIVEN_CMK_TIMEOUT_MS: '100' },
    });
    expect((await client?.call('aiven_cmk_list', { project }))?.error?.code).toBe('api_timeout');
    await client?.close();
  });

  it('a project in which the token’s user may do nothing answers 403', async () => {
    const client = await open?.({ args: ['--sandbox'] });
    expect((await client?.call('aiven_cmk_list', { project: 'sandbox-viewer' }))?.error?.code).toBe('forbidden');
    expect((await client?.call('aiven_cmk_list', { project: 'sandbox-empty' }))?.payload).toStrictEqual({
      cmks: [],
      total: 0,
    });
    await client?.close();
  });

  it('a move ends after a moment', async () => {
    const client = await open?.({ args: ['--sandbox', '--toolsets', 'cmk,services'] });
    const services = async (cmk_id = '') =>
      (await client?.call('aiven_cmk_services', { project, cmk_id }))?.payload.services;
    await client?.call('aiven_cmk_assign', { project, service: 'orders-pg', cmk_id: DEFAULT });
    await vi.waitFor(async () =>
      expect(await services(DEFAULT)).toStrictEqual([{ service_name: 'orders-pg', status: 'active' }]),
    );
    expect(await services(USED)).toHaveLength(2);
    await client?.call('aiven_cmk_assign', { project, service: 'orders-pg', aiven_managed: true });
    await vi.waitFor(async () => expect(await services(DEFAULT)).toStrictEqual([]));
    await client?.close();
  });
});

describe('the sandbox as an API', () => {
  async function ask(method: string, path: string, token = 'sandbox-token', body?: string): Promise<[number, unknown]> {
    const request = new Request(`https://sandbox.invalid${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body !== undefined && { body }),
    });
    const response = await createSandbox()(request);
    return [response.status, await response.json()];
  }
  const cmks = '/v1/project/sandbox/secrets/cmks';

  it('checks the token before anything else', async () => {
    const message = 'Missing (expired) db token';
    expect(await ask('GET', '/v1/project/nowhere/secrets/cmks', 'wrong')).toStrictEqual([
      401,
      { message, errors: [{ message, status: 401 }] },
    ]);
  });

  it('tells which services use a key', async () => {
    const [, used] = await ask('GET', `${cmks}/${USED}/service_associations`);
    expect(used).toStrictEqual({
      service_associations: [
        { service_name: 'orders-pg', status: 'active' },
        { service_name: 'billing-kafka', status: 'active' },
        { service_name: 'search-os', status: 'active' },
      ],
    });
    expect(await ask('GET', `${cmks}/${IDLE}/service_associations`)).toStrictEqual([200, { service_associations: [] }]);
    expect((await ask('GET', `${cmks}/${'0'.repeat(8)}/service_associations`))[0]).toBe(404);
  });

  it.each([
    '',
    'no json',
    '[]',
    '{"provider":"ibm","resource":"x"}',
    '{"provider":"aws"}',
    '{"provider":"aws","resource":""}',
  ])('answers 400 to a registration of %j', async (body) => {
    expect((await ask('POST', cmks, undefined, body))[0]).toBe(400);
  });

  it('answers 404 to other paths and 405 to other methods, and ignores query strings', async () => {
    expect((await ask('GET', '/v1/project/sandbox/nothing'))[0]).toBe(404);
    expect((await ask('PUT', cmks))[0]).toBe(405);
    expect((await ask('GET', `${cmks}?limit=999`))[0]).toBe(200);
  });

  it('answers 409 to deleting a key in use', async () => {
    const [status, body] = await ask('DELETE', `${cmks}/${USED}`);
    const message = 'CMK cannot be deleted because it is still associated with one or more services';
    expect([status, body]).toStrictEqual([409, { message, errors: [{ message, status: 409 }] }]);
  });

  it('shows a move as activating there and deactivating here until it is over, and when the service changed', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-06-01T00:00:00Z') });
    try {
      const sandbox = createSandbox();
      const send = async (path: string, init: RequestInit = {}) => {
        const headers = { authorization: 'Bearer sandbox-token' };
        const response = await sandbox(
          new Request(`https://sandbox.invalid/v1/project/sandbox${path}`, { ...init, headers }),
        );
        return (await response.json()) as Record<string, unknown>;
      };
      const uses = async (id = '') => (await send(`/secrets/cmks/${id}/service_associations`)).service_associations;
      const body = JSON.stringify({ cmk_id: DEFAULT });
      const moving = { state: 'REBALANCING', update_time: '2026-06-01T00:00:00.000000Z' };
      const sent = await send('/service/orders-pg', { method: 'PUT', body });
      expect(sent).toMatchObject({ service: { ...moving, cmk_id: DEFAULT } });
      expect(await send('/service/orders-pg')).toMatchObject({ service: { ...moving, cmk_id: USED } });
      expect(await uses(DEFAULT)).toStrictEqual([{ service_name: 'orders-pg', status: 'activating' }]);
      expect(await uses(USED)).toContainEqual({ service_name: 'orders-pg', status: 'deactivating' });
      vi.setSystemTime(Date.parse('2026-06-01T00:00:01Z'));
      expect(await uses(DEFAULT)).toStrictEqual([{ service_name: 'orders-pg', status: 'active' }]);
      expect(await uses(USED)).toHaveLength(2);
      const moved = { state: 'RUNNING', cmk_id: DEFAULT, update_time: '2026-06-01T00:00:01.000000Z' };
      expect(await send('/service/orders-pg')).toMatchObject({ service: moved });
    } finally {
      vi.useRealTimers();
    }
  });

  it('gives every sandbox a state of its own', async () => {
    expect((await ask('DELETE', `${cmks}/${IDLE}`))[0]).toBe(200);
    expect((await ask('GET', `${cmks}/${IDLE}`))[0]).toBe(200);
  });
});
