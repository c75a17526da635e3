import { describe, expect, it } from 'vitest';
import { type Asked, CLIENTS } from '../fixtures/harness.ts';
import { CMKS, ID, KEY, looks, type Script } from '../fixtures/scripted-api.ts';
import { openForSuite } from '../fixtures/suite.ts';

const OTHER = '99999999-1234-1234-1234-12345678abcd';
const NO_ROUTE = [404, { message: 'Not Found' }] as const;
const one = (service: unknown) => [200, { services: [service] }] as const;

/** What the two places that tell the use of a key answer where it cannot be known, and what the refusal says of it. */
const UNKNOWN: readonly [string, ReturnType<Script>, ReturnType<Script>, string][] = [
  ['neither place exists', NO_ROUTE, NO_ROUTE, '404'],
  ['neither place is permitted', [403], [403], '403'],
  ['both fail', [501], [501], '501'],
  ['both limit the rate for long', [429, '', { 'retry-after': '60' }], [429, '', { 'retry-after': '60' }], '429'],
  ['both respond with nonsense', [200, { service_associations: 'none' }], [200, '<html>'], 'another shape'],
  ['associations respond with nothing', [200, ''], one({ service_name: 'a', cmk_id: null, state: 'RUNNING' }), '200'],
  ['associations fail, and only active keys can be seen', [403], [200, { services: [] }], '403'],
  ['a gateway answers 404 with HTML', [404, '<html>no backend</html>'], [200, { services: [] }], '404'],
  ['a gateway answers 404 with nothing', [404, ''], [200, { services: [] }], '404'],
  ['a service does not name its key', NO_ROUTE, one({ service_name: 'a', state: 'RUNNING' }), 'a'],
  ['a service names its key oddly', NO_ROUTE, one({ service_name: 'a', cmk_id: 7, state: 'RUNNING' }), 'a'],
  ['a service names no UUID', NO_ROUTE, one({ service_name: 'a', cmk_id: '', state: 'RUNNING' }), 'a'],
  ['a service is moving', NO_ROUTE, one({ service_name: 'a', cmk_id: OTHER, state: 'REBALANCING' }), 'REBALANCING'],
  ['a service is rebuilding', NO_ROUTE, one({ service_name: 'a', cmk_id: null, state: 'REBUILDING' }), 'REBUILDING'],
  ['a service has no state', NO_ROUTE, one({ service_name: 'a', cmk_id: OTHER }), 'a'],
  ['a service cannot be read', NO_ROUTE, one('a'), 'unreadable'],
];

const places =
  (associations: ReturnType<Script>, services: ReturnType<Script>): Script =>
  (seen) => {
    if (seen.path === `${CMKS}/${ID}/service_associations`) return associations;
    return seen.path === '/service' ? services : looks(seen);
  };

describe.each(CLIENTS)('where the use of a key is unknown, through $title', ({ open }) => {
  const asked: Asked[] = [];
  const human = (question: Asked) => {
    asked.push(question);
    return { action: 'accept' as const, content: { cmk_id: ID } };
  };
  const { api, withPerson, alone, scripted } = openForSuite(open, {
    withPerson: { human },
    alone: {},
    scripted: { human, args: ['--approval', 'argument', '--toolsets', 'cmk,services'] },
  });

  it.each(UNKNOWN)('a deletion is refused when %s and nobody is asked', async (_case, associations, services, said) => {
    asked.length = 0;
    for (const client of [alone, scripted]) {
      const { project, writes } = api.scene(places(associations, services));
      const { error } = await client.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID });
      expect(error).toMatchObject({ code: 'use_unknown', retryable: false });
      expect(error?.message).toContain(said);
      expect(error?.hint).toContain('Nothing was deleted');
      expect(writes()).toStrictEqual([]);
    }
    expect(asked).toStrictEqual([]);
  });

  it.each(UNKNOWN)('a person may approve exactly that when %s', async (_case, associations, services) => {
    asked.length = 0;
    const { project, writes } = api.scene(places(associations, services));
    const { payload } = await withPerson.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID });
    expect(asked[0]?.message).toMatch(/^Delete .* although it is unknown which services use it\?/);
    expect(asked[0]?.message).toContain('Services that use it: unknown');
    expect(payload).toMatchObject({
      approved_by: 'human',
      warnings: [expect.stringContaining('did not report'), expect.stringContaining('default')],
    });
    expect(writes()).toHaveLength(1);
  });

  it.each([
    ['none', 'unknown', [200, { service_associations: [] }], [403]],
    ['unknown', 'none', [403], [200, { service_associations: [] }]],
  ] as const)('an approval given for %s does not count for %s', async (_then, _now, before, after) => {
    asked.length = 0;
    const { project, writes } = api.scene((seen, ...rest) =>
      places(asked.length === 0 ? before : after, [403])(seen, ...rest),
    );
    const { error } = await withPerson.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID });
    expect(error?.code).toBe('approval_stale');
    expect(writes()).toStrictEqual([]);
  });

  it('a preview says so, and that the call takes a person', async () => {
    const { project } = api.scene(places([403], [403]));
    const args = { project, cmk_id: ID, confirm_cmk_id: ID, dry_run: true };
    const { payload } = await scripted.call('aiven_cmk_delete', args);
    expect(payload.plan).toMatchObject({ action: 'delete', before: KEY });
    expect((payload.plan as { warnings: string[] }).warnings[0]).toMatch(/did not report.*403.*use_unknown/);
    expect(payload.plan).not.toHaveProperty('services');
  });

  it.each(UNKNOWN)('reads say so and why when %s', async (_case, associations, services, said) => {
    const { project } = api.scene(places(associations, services));
    const unknown = { services_unknown: true, warnings: [expect.stringContaining(said)] };
    const { payload } = await scripted.call('aiven_cmk_get', { project, cmk_id: ID, include_services: true });
    expect(payload).toStrictEqual({ cmk: KEY, ...unknown });
    expect((await scripted.call('aiven_cmk_services', { project, cmk_id: ID })).payload).toStrictEqual(unknown);
  });

  it('a key that does not exist is told as one, not as one without services', async () => {
    const { project } = api.scene((seen) =>
      seen.path === '/service' ? [200, { services: [] }] : [404, { message: 'CMK does not exist' }],
    );
    const { error } = await scripted.call('aiven_cmk_services', { project, cmk_id: ID });
    expect(error?.code).toBe('not_found');
  });
});
