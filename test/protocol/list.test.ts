import { describe, expect, it } from 'vitest';
import { CLIENTS } from '../fixtures/harness.ts';
import { CMKS, ID, KEY } from '../fixtures/scripted-api.ts';
import { openForSuite } from '../fixtures/suite.ts';

const IDLE = { ...KEY, id: '99999999-1234-1234-1234-12345678abcd', provider: 'gcp', default_cmk: false, status: 'old' };
const SILENT = { id: '77777777-1234-1234-1234-12345678abcd', resource: 'x' };
const steady = { service_name: 'a', cmk_id: ID.toUpperCase(), state: 'RUNNING' };

describe.each(CLIENTS)('a review in one call, through $title', ({ open }) => {
  const { api, client } = openForSuite(open, { client: {} });

  async function review(services: readonly [number, unknown?], args: object = {}, cmks: object[] = [KEY, IDLE]) {
    const { project, seen } = api.scene(({ path }) => (path === CMKS ? [200, { cmks, paging: null }] : services));
    const { payload, error } = await client.call('aiven_cmk_list', { project, include_services: true, ...args });
    return { payload, error, paths: seen.map(({ path }) => path) };
  }

  it('takes one read of the services, however many keys there are', async () => {
    const free = { service_name: 'free', cmk_id: null, state: 'POWEROFF' };
    const { payload, paths } = await review([200, { services: [steady, free] }]);
    expect(paths).toStrictEqual([CMKS, '/service']);
    const cmks = [
      { ...KEY, services: [{ service_name: 'a', status: 'active' }] },
      { ...IDLE, services: [] },
    ];
    expect(payload).toStrictEqual({ cmks, paging: null, total: 2 });
  });

  it.each([
    ['is moving', { service_name: 'b', cmk_id: ID, state: 'REBALANCING' }, 'REBALANCING', 'REBALANCING'],
    ['has no state', { service_name: 'b', cmk_id: ID }, 'unknown', 'unknown'],
  ])('calls no key unused while a service %s', async (_case, service, status, said) => {
    const { payload } = await review([200, { services: [service] }]);
    const cmks = [
      { ...KEY, services: [{ service_name: 'b', status }] },
      { ...IDLE, services_unknown: true },
    ];
    expect(payload).toMatchObject({ cmks, warnings: [expect.stringContaining(said)] });
  });

  it.each([
    ['does not name its key', { service_name: 'b', state: 'RUNNING' }],
    ['names no UUID', { service_name: 'b', cmk_id: '', state: 'RUNNING' }],
    ['cannot be read', 'b'],
  ])('calls no key unused while a service %s', async (_case, service) => {
    const { payload } = await review([200, { services: [service] }]);
    const unknown = { services_unknown: true };
    expect(payload).toMatchObject({ cmks: [unknown, unknown], warnings: [expect.stringContaining('does not name')] });
    expect(JSON.stringify(payload.cmks)).not.toContain('"services"');
  });

  it('still lists the keys where the services cannot be read, and says why', async () => {
    const { payload } = await review([403, { message: 'Not a project member' }]);
    const warnings = [expect.stringContaining('Not a project member')];
    expect(payload).toStrictEqual({ cmks: [KEY, IDLE], paging: null, services_unknown: true, total: 2, warnings });
  });

  it.each([
    [{ status: 'old' }, IDLE, 'status'],
    [{ provider: 'aws' }, KEY, 'provider'],
    [{ default_only: true }, KEY, 'default_cmk'],
    [{ status: 'current', provider: 'aws' }, KEY, 'status or provider'],
  ])('filters by %j, and counts the keys that may match', async (filters, wanted, name) => {
    const { payload, paths } = await review([500], { include_services: false, ...filters }, [KEY, IDLE, SILENT]);
    const warnings = [`Left out: 1 of the keys, for which Aiven does not report ${name}.`];
    expect([payload, paths]).toStrictEqual([{ cmks: [wanted], paging: null, total: 1, warnings }, [CMKS]]);
  });

  it('takes default_only: false as no filter, and refuses a status that no key can have', async () => {
    const all = await review([500], { include_services: false, default_only: false });
    expect(all.payload.cmks).toHaveLength(2);
    const odd = await review([500], { status: 'Old' });
    expect(odd.error).toMatchObject({ code: 'invalid_arguments', message: expect.stringContaining('current, old') });
    expect(odd.paths).toStrictEqual([]);
  });
});
