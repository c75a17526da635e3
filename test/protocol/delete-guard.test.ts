import { describe, expect, it } from 'vitest';
import { type Asked, CLIENTS } from '../fixtures/harness.ts';
import { CMKS, ID, KEY, looks, looksAt, type Script } from '../fixtures/scripted-api.ts';
import { openForSuite } from '../fixtures/suite.ts';

const OTHER = '99999999-1234-1234-1234-12345678abcd';
const ASSOCIATIONS = `${CMKS}/${ID}/service_associations`;
const NO_ROUTE = [404, { message: 'Not Found' }] as const;
const uses = (...names: string[]) => names.map((service_name) => ({ service_name, status: 'active' }));

/** Answers for the two places that tell who uses a key; all else as usual. */
const places =
  (associations: ReturnType<Script>, services: ReturnType<Script> = NO_ROUTE): Script =>
  (seen) => {
    if (seen.path === ASSOCIATIONS) return associations;
    return seen.path === '/service' ? services : looks(seen);
  };

describe.each(CLIENTS)('before a deletion the server checks the use of the key, through $title', ({ open }) => {
  const asked: Asked[] = [];
  const human = (question: Asked) => {
    asked.push(question);
    return { action: 'accept' as const, content: { cmk_id: ID } };
  };
  const { api, client } = openForSuite(open, { client: { human } });

  async function attempt(script: Script, id = ID) {
    asked.length = 0;
    const scene = api.scene(script);
    const outcome = await client.call('aiven_cmk_delete', { project: scene.project, cmk_id: id, confirm_cmk_id: id });
    return { ...outcome, scene, question: asked[0]?.message };
  }

  it.each<[string, Script, string[]]>([
    [
      'associations',
      places([200, { service_associations: uses('orders-pg', 'billing-kafka') }]),
      ['orders-pg', 'billing-kafka'],
    ],
    [
      'an association that ends',
      places([200, { service_associations: [{ service_name: 'a', status: 'deactivating' }] }]),
      ['a (deactivating)'],
    ],
    [
      'an association without a status',
      places([200, { service_associations: [{ service_name: 'a' }] }]),
      ['a (unknown)'],
    ],
    [
      'the services of an older API',
      places(NO_ROUTE, [
        200,
        {
          services: [
            { service_name: 'a', cmk_id: ID },
            { service_name: 'b', cmk_id: OTHER },
          ],
        },
      ]),
      ['a (active)'],
    ],
    [
      'the services, when associations fail',
      places([403], [200, { services: [{ service_name: 'a', cmk_id: ID }] }]),
      ['a (active)'],
    ],
    [
      'the services of an older API that spells ids in capitals',
      places(NO_ROUTE, [200, { services: [{ service_name: 'a', cmk_id: ID.toUpperCase() }] }]),
      ['a (active)'],
    ],
    [
      'a service without a name',
      places(NO_ROUTE, [200, { services: [{ cmk_id: ID, state: 'RUNNING' }] }]),
      ['(unreadable entry) (active)'],
    ],
    [
      'associations of which one cannot be read',
      places([200, { service_associations: [...uses('orders-pg'), { name: 'x' }, null] }]),
      ['orders-pg', '(unreadable entry) (unknown)', '3 services'],
    ],
    [
      'an association that cannot be read',
      places([200, { service_associations: [7] }], [200, { services: [] }]),
      ['(unreadable entry) (unknown)'],
    ],
  ])('refuses by %s, names the services, asks nobody and deletes nothing', async (_case, script, names) => {
    const { error, scene, question } = await attempt(script);
    expect(error).toMatchObject({ code: 'cmk_in_use', retryable: false, hint: expect.stringContaining('another key') });
    for (const name of names) expect(error?.message).toContain(name);
    expect(error?.message).not.toContain('b (');
    expect(question).toBeUndefined();
    expect(scene.writes()).toHaveLength(0);
  });

  it.each<[string, Script]>([
    ['associations', places([200, { service_associations: [] }])],
    [
      'the services of an older API',
      places(NO_ROUTE, [
        200,
        {
          services: [
            { service_name: 'b', cmk_id: OTHER, state: 'RUNNING' },
            { service_name: 'c', cmk_id: null, state: 'POWEROFF' },
          ],
        },
      ]),
    ],
    ['the services of an older API, of which there are none', places(NO_ROUTE, [200, { services: [] }])],
  ])('finds by %s that nothing uses the key', async (_case, script) => {
    const { payload, question } = await attempt(script);
    expect(question).toContain('Services that use it: none');
    expect(payload).toStrictEqual({
      cmk: KEY,
      approval: 'form',
      approved_by: 'human',
      warnings: [expect.stringContaining('It is the default')],
    });
  });

  it('finds a service by an id that the caller spells in capitals, and asks nobody', async () => {
    const script = places(NO_ROUTE, [200, { services: [{ service_name: 'a', cmk_id: ID, state: 'RUNNING' }] }]);
    const { error, scene, question } = await attempt(script, ID.toUpperCase());
    expect([error?.code, question, scene.writes()]).toStrictEqual(['cmk_in_use', undefined, []]);
  });

  it('works with the id as the API spells it after the first read', async () => {
    const { payload, scene, question } = await attempt(places([200, { service_associations: [] }]), ID.toUpperCase());
    expect(payload).toStrictEqual({
      cmk: KEY,
      approval: 'form',
      approved_by: 'human',
      warnings: [expect.stringContaining('It is the default')],
    });
    expect(question).toContain(`CMK id: ${ID}`);
    const firstRead = `${CMKS}/${ID.toUpperCase()}`;
    const others = scene.seen.filter(({ method, path }) => `${method} ${path}` !== `GET ${firstRead}`);
    for (const { path } of others) expect(path).toContain(`${CMKS}/${ID}`);
    expect(scene.writes()).toStrictEqual([`DELETE ${CMKS}/${ID}`]);
  });

  it.each<[string, Script, string]>([
    ['is not there', () => [404, { message: 'CMK does not exist' }], 'not_found'],
    ['cannot be read', () => [403, { message: 'no' }], 'forbidden'],
    [
      'is shown as another',
      (seen) => (seen.path === `${CMKS}/${ID}` ? [200, { cmk: { ...KEY, id: OTHER } }] : looks(seen)),
      'unexpected_response',
    ],
  ])('refuses when the key %s', async (_case, script, code) => {
    const { error, scene } = await attempt(script);
    expect(error?.code).toBe(code);
    expect(scene.writes()).toHaveLength(0);
  });

  it.each([
    ['updated_at', 'updated_at'],
    ['update_time', 'update_time'],
  ])('deletes nothing when the key’s %s changed after the question', async (_case, field) => {
    const { error, scene, question } = await attempt((seen) =>
      looksAt({ ...KEY, [field]: asked.length > 0 ? '2026-05-05T11:00:00Z' : '2026-05-05T10:55:52Z' })(seen),
    );
    expect(question).toContain('Last change: 2026-05-05T10:55:52Z');
    expect(error?.code).toBe('approval_stale');
    expect(scene.writes()).toStrictEqual([]);
  });

  it('cuts and cleans the names of services', async () => {
    const { error } = await attempt(
      places([200, { service_associations: uses(...Array(500).fill(`a\nb${'c'.repeat(500)}`)) }]),
    );
    expect(error?.message).toContain('500 services');
    expect(error?.message).not.toContain('\n');
    expect(error?.message.length).toBeLessThan(2_500);
  });
});
