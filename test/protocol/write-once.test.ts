import { describe, expect, it } from 'vitest';
import { CLIENTS } from '../fixtures/harness.ts';
import { AWS, CMKS, ID, KEY, looks, type Script } from '../fixtures/scripted-api.ts';
import { openForSuite } from '../fixtures/suite.ts';

describe.each(CLIENTS)('a write whose response is lost, through $title', ({ open }) => {
  const { api, client } = openForSuite(open, { client: {} });
  const create = { provider: 'aws', resource: AWS };
  const other = { id: 'other', provider: 'aws', resource: AWS };

  it('is a registration when a new key with the identifier is there', async () => {
    const { project, writes } = api.scene(({ method }, response) => {
      if (method === 'GET') return [200, { cmks: writes().length > 0 ? [other, KEY] : [other] }];
      response.destroy();
      return undefined;
    });
    const { payload } = await client.call('aiven_cmk_create', { project, ...create });
    expect(payload).toStrictEqual({ cmk: KEY, reconciled: true });
    expect(writes()).toStrictEqual([`POST ${CMKS}`]);
  });

  it.each([
    ['was there before', () => [other]],
    ['is of another cloud', () => [{ ...KEY, provider: 'gcp' }]],
    ['has another identifier', () => [{ ...KEY, resource: `${AWS}0` }]],
  ])('is no registration when the key %s', async (name, cmks) => {
    const { project, writes } = api.scene(({ method }) => {
      if (method !== 'GET') return [502];
      return [200, { cmks: writes().length > 0 || name === 'was there before' ? cmks() : [] }];
    });
    const { error } = await client.call('aiven_cmk_create', { project, ...create });
    expect(error).toMatchObject({ code: 'outcome_unknown', hint: expect.stringContaining('aiven_cmk_list') });
  });

  it('is a change when the key reads as wanted', async () => {
    const { project, writes } = api.scene(({ method }) => (method === 'GET' ? [200, { cmk: KEY }] : [504]));
    const { payload } = await client.call('aiven_cmk_update', { project, cmk_id: ID, default_cmk: true });
    expect(payload).toStrictEqual({ cmk: KEY, reconciled: true });
    expect(writes()).toHaveLength(1);
  });

  /** A project whose API loses the response to every DELETE, with what it responds to a GET of the key from then on. */
  function deleted(afterwards: ReturnType<Script>, list: ReturnType<Script> = [200, { cmks: [] }]) {
    const scene = api.scene((seen) => {
      if (seen.method !== 'GET') return [500];
      if (scene.writes().length === 0) return looks(seen);
      return seen.path === CMKS ? list : afterwards;
    });
    return scene;
  }

  it.each<[string, ReturnType<Script>, object]>([
    ['does not exist any more', [404, { message: 'CMK does not exist' }], KEY],
    ['is not found', [404, { errors: [{ message: `CMK ${ID} not found`, status: 404 }] }], KEY],
    ['reads as deleted', [200, { cmk: { ...KEY, status: 'deleted' } }], { ...KEY, status: 'deleted' }],
    [
      'reads as deleted under its id in capitals',
      [200, { cmk: { ...KEY, id: ID.toUpperCase(), status: 'deleted' } }],
      { ...KEY, id: ID.toUpperCase(), status: 'deleted' },
    ],
  ])('is a deletion when the key %s', async (_case, afterwards, cmk) => {
    const { project, writes } = deleted(afterwards);
    const { payload } = await client.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID });
    expect(payload).toStrictEqual({
      cmk,
      reconciled: true,
      approval: 'argument',
      approved_by: 'argument',
      warnings: [expect.stringContaining('It is the default')],
    });
    expect(writes()).toHaveLength(1);
  });

  it.each([ID, ID.toUpperCase()])('is no deletion when the key still exists as %s', async (id) => {
    const cmk = { ...KEY, id };
    const { project, writes } = deleted([200, { cmk }], [200, { cmks: [cmk] }]);
    const { error } = await client.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID });
    expect(error?.code).toBe('not_deleted');
    expect(writes()).toHaveLength(1);
  });

  it.each<[string, ReturnType<Script>]>([
    ['a gateway', [404, '<html>no backend</html>']],
    ['a gateway that says nothing', [404, '']],
    ['a gateway that speaks JSON', [404, { message: 'no Route matched with those values' }]],
    ['a gateway whose host is named after keys', [404, { message: 'no route to cmk.example.com: not found' }]],
    ['the project', [404, { message: 'Project does not exist' }]],
    ['a project that is named after a key', [404, { message: "CMK does not exist in project 'CMK'" }]],
    ['a path', [404, { message: 'Not Found' }]],
    ['a JSON text', [404, '"CMK does not exist"']],
  ])('leaves a deletion unknown when the 404 is that of %s', async (_case, afterwards) => {
    const { project, writes } = deleted(afterwards);
    const { error } = await client.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID });
    expect(error).toMatchObject({ code: 'outcome_unknown', message: expect.stringContaining('404') });
    expect(writes()).toHaveLength(1);
  });

  it('is no registration when the key was listed before in another letter case', async () => {
    const { project, writes } = api.scene(({ method }) => {
      if (method !== 'GET') return [502];
      return [200, { cmks: [{ ...KEY, id: writes().length > 0 ? ID.toUpperCase() : ID }] }];
    });
    const { error } = await client.call('aiven_cmk_create', { project, ...create });
    expect(error?.code).toBe('outcome_unknown');
  });

  it('names the key that already has an identifier', async () => {
    const { project } = api.scene(({ method }) =>
      method === 'GET' ? [200, { cmks: [KEY] }] : [409, { message: 'exists' }],
    );
    const { error } = await client.call('aiven_cmk_create', { project, ...create });
    expect(error).toMatchObject({ code: 'conflict', message: expect.stringContaining(`CMK ${ID} already has`) });
  });
});
