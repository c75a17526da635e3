import { describe, expect, it } from 'vitest';
import { CLIENTS } from '../fixtures/harness.ts';
import { AWS, CMKS, ID, KEY, looksAt } from '../fixtures/scripted-api.ts';
import { openForSuite } from '../fixtures/suite.ts';

/** More than two pages of keys before the one that a call is about, in the API's order and by id. */
const BEFORE = Array.from({ length: 100 }, (_, at) => ({
  ...KEY,
  id: `00000000-1234-4234-8234-${String(at).padStart(12, '0')}`,
  resource: `${AWS}-${at}`,
}));
const LISTED = [...BEFORE, KEY];

/** More services than fit into a result, of which the last alone is on the key. */
const SERVICES = Array.from({ length: 5_000 }, (_, at) => ({
  service_name: `service-${at}`,
  cmk_id: at === 4_999 ? ID : BEFORE[0]?.id,
  state: 'RUNNING',
}));

describe.each(CLIENTS)('what guards a write reads the whole list, through $title', ({ open }) => {
  const { api, client } = openForSuite(open, { client: { args: ['--toolsets', 'cmk,services'] } });

  it('of services, where the last of 5,000 is the one that uses the key', async () => {
    const { project, writes } = api.scene((seen) => {
      if (seen.path.endsWith('/service_associations')) return [404, { message: 'Not found' }];
      return seen.path === '/service' ? [200, { services: SERVICES }] : looksAt(KEY)(seen);
    });
    const { error } = await client.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID });
    expect(error).toMatchObject({ code: 'cmk_in_use', message: expect.stringContaining('service-4999') });
    expect(writes()).toStrictEqual([]);
  });

  it('of keys, where the last is the one that a service moves to', async () => {
    const service = { service_name: 'pg', state: 'RUNNING', cmk_id: BEFORE[0]?.id };
    const planFor = async (last: object) => {
      const cmks = [...BEFORE, last];
      const { project } = api.scene(({ path }) => (path === CMKS ? [200, { cmks }] : [200, { service }]));
      return client.call('aiven_cmk_assign', { project, service: 'pg', cmk_id: ID, dry_run: true });
    };
    expect((await planFor(KEY)).payload.plan).toMatchObject({ action: 'assign', after: { cmk_id: ID } });
    expect((await planFor({ ...KEY, status: 'old' })).error).toMatchObject({ code: 'cmk_not_current' });
  });

  it('of keys, where the last is the one whose response was lost', async () => {
    const { project, writes } = api.scene(({ method }) =>
      method === 'GET' ? [200, { cmks: writes().length > 0 ? LISTED : BEFORE }] : [502],
    );
    const { payload } = await client.call('aiven_cmk_create', { project, provider: 'aws', resource: AWS });
    expect(payload).toStrictEqual({ cmk: KEY, reconciled: true });
    expect(writes()).toStrictEqual([`POST ${CMKS}`]);
  });
});
