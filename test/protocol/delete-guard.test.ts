import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Asked, CLIENTS, type TestClient, TOKEN } from '../fixtures/harness.ts';
import { CMKS, ID, KEY, looks, type Script, type ScriptedApi, startScriptedApi } from '../fixtures/scripted-api.ts';

const OTHER = '99999999-1234-1234-1234-12345678abcd';
const ASSOCIATIONS = `${CMKS}/${ID}/service_associations`;
const uses = (...names: string[]) => names.map((service_name) => ({ service_name, status: 'active' }));

/** Answers for the two places that tell who uses a key; all else as usual. */
const places =
  (associations: ReturnType<Script>, services: ReturnType<Script> = [404]): Script =>
  (seen) => {
    if (seen.path === ASSOCIATIONS) return associations;
    return seen.path === '/service' ? services : looks(seen);
  };

describe.each(CLIENTS)('before a deletion the server looks, through $title', ({ open }) => {
  let api: ScriptedApi;
  let client: TestClient;
  const asked: Asked[] = [];
  beforeAll(async () => {
    api = await startScriptedApi();
    const human = (question: Asked) => {
      asked.push(question);
      return { action: 'accept' as const, content: { cmk_id: ID } };
    };
    client = await open({ env: { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin }, human });
  });
  afterAll(async () => {
    await client.close();
    await api.close();
  });

  async function attempt(script: Script) {
    asked.length = 0;
    const scene = api.scene(script);
    const outcome = await client.call('aiven_cmk_delete', { project: scene.project, cmk_id: ID, confirm_cmk_id: ID });
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
      places(
        [404],
        [
          200,
          {
            services: [
              { service_name: 'a', cmk_id: ID },
              { service_name: 'b', cmk_id: OTHER },
            ],
          },
        ],
      ),
      ['a (active)'],
    ],
    [
      'the services, when associations fail',
      places([403], [200, { services: [{ service_name: 'a', cmk_id: ID }] }]),
      ['a (active)'],
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
      places(
        [404],
        [
          200,
          {
            services: [
              { service_name: 'b', cmk_id: OTHER },
              { service_name: 'c', cmk_id: null },
              { service_name: 'd' },
            ],
          },
        ],
      ),
    ],
  ])('finds by %s that nothing uses the key', async (_case, script) => {
    const { payload, question } = await attempt(script);
    expect(question).toContain('Services that use it: none');
    expect(payload).toStrictEqual({ cmk: KEY, approved_by: 'human' });
  });

  it.each<[string, Script]>([
    ['neither place answers', places([404], [404])],
    ['neither place is permitted', places([403], [403])],
    ['both answer nonsense', places([200, { service_associations: 'none' }], [200, '<html>'])],
    ['associations fail, and only active keys could be seen', places([403], [200, { services: [] }])],
  ])('says in the question and in the result that the use is unknown when %s', async (_case, script) => {
    const { payload, question } = await attempt(script);
    expect(question).toContain('Services that use it: unknown');
    expect(payload).toMatchObject({ approved_by: 'human', warnings: [expect.stringContaining('did not tell')] });
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

  it('cuts and cleans the names of services', async () => {
    const { error } = await attempt(
      places([200, { service_associations: uses(...Array(500).fill(`a\nb${'c'.repeat(500)}`)) }]),
    );
    expect(error?.message).toContain('500 services');
    expect(error?.message).not.toContain('\n');
    expect(error?.message.length).toBeLessThan(2_500);
  });
});
