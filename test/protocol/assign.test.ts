import { describe, expect, it } from 'vitest';
import { type Asked, CLIENTS } from '../fixtures/harness.ts';
import { CMKS, ID, KEY, looks, type Script } from '../fixtures/scripted-api.ts';
import { openForSuite } from '../fixtures/suite.ts';

const OTHER = '99999999-1234-1234-1234-12345678abcd';
const NONE = '00000000-0000-0000-0000-000000000000';
const service = {
  service_name: 'orders-pg',
  state: 'RUNNING',
  cmk_id: OTHER,
  plan: 'x',
  update_time: '2026-05-05T10:55:52Z',
};

describe.each(CLIENTS)('moving a service, through $title', ({ open }) => {
  const asked: Asked[] = [];
  let typed = 'orders-pg';
  const human = (question: Asked) => {
    asked.push(question);
    return { action: 'accept' as const, content: { service: typed } };
  };
  const { api, client } = openForSuite(open, { client: { human, args: ['--toolsets', 'cmk,services'] } });

  it.each([
    ['a key', { cmk_id: ID }, ID],
    ['a key that Aiven manages', { aiven_managed: true }, NONE],
  ])('moves a service to %s once a human typed its name', async (_case, to, cmk_id) => {
    asked.length = 0;
    typed = 'orders-pg';
    const { project, writes, seen } = api.scene((each) =>
      each.path.startsWith('/service/') ? [200, { service }] : looks(each),
    );
    const { payload } = await client.call('aiven_cmk_assign', { project, service: 'orders-pg', ...to });
    expect(payload).toMatchObject({ service, approved_by: 'human', note: expect.stringContaining('Re-encryption') });
    expect(asked[0]?.message).toContain('orders-pg');
    expect(writes()).toStrictEqual(['PUT /service/orders-pg']);
    expect(seen.at(-1)?.body).toBe(JSON.stringify({ cmk_id }));
  });

  it.each<[string, object, Script, string]>([
    ['both a key and Aiven’s', { cmk_id: ID, aiven_managed: true }, looks, 'invalid_arguments'],
    ['neither', {}, looks, 'invalid_arguments'],
    ['neither, said twice', { aiven_managed: false }, looks, 'invalid_arguments'],
    [
      'an old key',
      { cmk_id: ID },
      (seen) => (seen.path === CMKS ? [200, { cmks: [{ ...KEY, status: 'old' }] }] : [200, { service }]),
      'cmk_not_current',
    ],
    [
      'a key without a status',
      { cmk_id: ID },
      (seen) => (seen.path === CMKS ? [200, { cmks: [{ id: ID }] }] : [200, { service }]),
      'cmk_not_current',
    ],
    [
      'a key that is not there',
      { cmk_id: ID },
      (seen) => (seen.path === CMKS ? [200, { cmks: [] }] : [200, { service }]),
      'not_found',
    ],
    [
      'a service that is not there',
      { cmk_id: ID },
      (seen) => (seen.path.startsWith('/service/') ? [404] : looks(seen)),
      'not_found',
    ],
  ])('moves nothing when asked for %s', async (_case, to, script, code) => {
    const { project, writes } = api.scene(script);
    const { error } = await client.call('aiven_cmk_assign', { project, service: 'orders-pg', ...to });
    expect(error?.code).toBe(code);
    expect(writes()).toHaveLength(0);
  });

  it('moves nothing when the human types something else', async () => {
    typed = ID;
    const { project, writes } = api.scene((each) =>
      each.path.startsWith('/service/') ? [200, { service }] : looks(each),
    );
    const { error } = await client.call('aiven_cmk_assign', { project, service: 'orders-pg', cmk_id: ID });
    expect(error?.code).toBe('approval_wrong_id');
    expect(writes()).toHaveLength(0);
  });

  it('shows of a service what a move needs, and no password', async () => {
    typed = 'orders-pg';
    const secrets = {
      service_uri: 'postgres://avnadmin:hunter2@h:1/d',
      users: [{ username: 'avnadmin', password: 'hunter2' }],
      connection_info: { pg: ['postgres://hunter2'] },
    };
    for (const args of [{ cmk_id: ID }, { cmk_id: ID, dry_run: true }, { cmk_id: OTHER }]) {
      const { project } = api.scene(({ path, ...seen }) => {
        if (path === CMKS) return [200, { cmks: [KEY, { ...KEY, id: OTHER }] }];
        return path.startsWith('/service/') ? [200, { service: { ...service, ...secrets } }] : looks({ path, ...seen });
      });
      const { payload } = await client.call('aiven_cmk_assign', { project, service: 'orders-pg', ...args });
      expect(payload.service ?? (payload.plan as { before: object }).before).toStrictEqual(service);
      expect(JSON.stringify(payload)).not.toMatch(/hunter2|avnadmin|users|service_uri/);
    }
  });

  it('sends nothing when the service is on the key already', async () => {
    const there = { ...service, cmk_id: ID };
    const { project, writes } = api.scene((each) =>
      each.path.startsWith('/service/') ? [200, { service: there }] : looks(each),
    );
    const { payload } = await client.call('aiven_cmk_assign', { project, service: 'orders-pg', cmk_id: ID });
    expect(payload).toStrictEqual({ service: there, note: expect.stringContaining('nothing was sent') });
    expect(writes()).toHaveLength(0);
  });

  it.each([
    ['is on its way', [{ service_name: 'orders-pg', status: 'activating' }], undefined],
    ['is not', [], 'outcome_unknown'],
    ['is on its way from there', [{ service_name: 'orders-pg', status: 'deactivating' }], 'outcome_unknown'],
    ['cannot be read', [{ name: 'orders-pg' }], 'outcome_unknown'],
  ])('reads back a move whose response is lost: the service %s', async (_case, service_associations, code) => {
    typed = 'orders-pg';
    const { project, writes } = api.scene((each) => {
      if (each.method === 'PUT') return [502];
      if (each.path.endsWith('associations')) return [200, { service_associations }];
      return each.path.startsWith('/service/') ? [200, { service }] : looks(each);
    });
    const { payload, error } = await client.call('aiven_cmk_assign', { project, service: 'orders-pg', cmk_id: ID });
    expect(error?.code).toBe(code);
    if (!code) expect(payload).toMatchObject({ reconciled: true });
    expect(writes()).toHaveLength(1);
  });

  it.each([
    ['under its id in capitals', ID.toUpperCase(), { cmk_id: ID }, undefined],
    ['with a key that Aiven manages', null, { aiven_managed: true }, undefined],
    ['without telling its key', undefined, { aiven_managed: true }, 'outcome_unknown'],
  ])('reads back a move whose response is lost: the service is shown %s', async (_case, cmk_id, to, code) => {
    typed = 'orders-pg';
    const { project, writes } = api.scene((each) => {
      if (each.method === 'PUT') return [502];
      if (!each.path.startsWith('/service/')) return looks(each);
      return [200, { service: writes().length > 0 ? { ...service, cmk_id } : service }];
    });
    const { payload, error } = await client.call('aiven_cmk_assign', { project, service: 'orders-pg', ...to });
    expect(error?.code).toBe(code);
    if (!code) expect(payload).toMatchObject({ reconciled: true });
    expect(writes()).toHaveLength(1);
  });

  it('sends the id of the key as the API spells it', async () => {
    typed = 'orders-pg';
    const { project, seen } = api.scene((each) =>
      each.path.startsWith('/service/') ? [200, { service }] : looks(each),
    );
    await client.call('aiven_cmk_assign', { project, service: 'orders-pg', cmk_id: ID.toUpperCase() });
    expect(seen.at(-1)?.body).toBe(JSON.stringify({ cmk_id: ID }));
  });

  it.each([
    ['service', { update_time: '2026-05-05T11:00:00Z' }, {}],
    ['key', {}, { updated_at: '2026-05-05T11:00:00Z' }],
  ])('moves nothing when the %s changed after the question, even if it looks the same', async (_what, ofIt, ofKey) => {
    asked.length = 0;
    typed = 'orders-pg';
    const { project, writes } = api.scene((each) => {
      const changed = asked.length > 0;
      if (each.path.startsWith('/service/')) return [200, { service: { ...service, ...(changed && ofIt) } }];
      return [200, { cmks: [{ ...KEY, updated_at: 'then', ...(changed && ofKey) }] }];
    });
    const { error } = await client.call('aiven_cmk_assign', { project, service: 'orders-pg', cmk_id: ID });
    expect(asked[0]?.message).toContain('Last change: 2026-05-05T10:55:52Z');
    expect(error?.code).toBe('approval_stale');
    expect(writes()).toStrictEqual([]);
  });
});
