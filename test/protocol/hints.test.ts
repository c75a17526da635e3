import { describe, expect, it } from 'vitest';
import { type Asked, CLIENTS, type TestClient } from '../fixtures/harness.ts';
import { CMKS, ID, KEY, looksAt, type Script } from '../fixtures/scripted-api.ts';
import { openForSuite } from '../fixtures/suite.ts';

const args = { cmk_id: ID, confirm_cmk_id: ID };
const used: Script = ({ path }) =>
  path.endsWith('/service_associations')
    ? [200, { service_associations: [{ service_name: 'a', status: 'active' }] }]
    : [200, { cmk: KEY }];

describe.each(CLIENTS)('what an agent is told to do next, through $title', ({ open }) => {
  const asked: Asked[] = [];
  const human = (question: Asked) => {
    asked.push(question);
    return { action: 'accept' as const, content: { cmk_id: ID } };
  };
  const { api, six, nine } = openForSuite(open, { six: { human }, nine: { args: ['--toolsets', 'cmk,services'] } });

  it('names the tool that moves services where it is offered, and elsewhere the toolset', async () => {
    const hintOf = async (client: TestClient) => {
      const { error } = await client.call('aiven_cmk_delete', { project: api.scene(used).project, ...args });
      expect(error?.code).toBe('cmk_in_use');
      return error?.hint;
    };
    expect(await hintOf(nine)).toMatch(/aiven_cmk_assign, one at a time(?!.*--toolsets)/);
    expect(await hintOf(six)).toMatch(/avn service update --cmk-id.*--toolsets cmk,services/);
  });

  it.each([
    ['a project', 'Project does not exist', /^Check the project name/],
    ['a key', 'CMK does not exist', /^The project has no such key.*deleted before, nothing is left to do/],
    ['a key of a project', `CMK ${ID} not found in project p`, /^Check the project name, and take/],
    ['a path', 'Not Found', /^Check the project name, and take/],
    ['nothing that is known', '<html>', /^Check the project name, and take/],
  ])('tells that %s was not found', async (_case, message, hint) => {
    const { project } = api.scene(() => [404, message.startsWith('<') ? message : { message }]);
    const { error } = await six.call('aiven_cmk_delete', { project, ...args });
    expect(error).toMatchObject({ code: 'not_found', hint: expect.stringMatching(hint) });
  });

  it('tells that a service was not found', async () => {
    const { project } = api.scene(() => [404, { message: 'Service does not exist' }]);
    const { error } = await nine.call('aiven_cmk_assign', { project, service: 'x', cmk_id: ID });
    expect(error?.hint).toMatch(/no such service/);
  });

  it.each([false, true])(
    'says of a key of status deleted that it is, with dry_run %s, and asks nobody',
    async (dry_run) => {
      asked.length = 0;
      const { project, writes } = api.scene(looksAt({ ...KEY, status: 'deleted' }));
      const { error } = await six.call('aiven_cmk_delete', { project, ...args, dry_run });
      expect(error).toMatchObject({ code: 'already_deleted', message: expect.stringContaining(ID), retryable: false });
      expect([writes(), asked]).toStrictEqual([[], []]);
    },
  );

  it.each([
    ['the default', { default_cmk: true }, ['the default']],
    ['old', { status: 'old', default_cmk: false }, ['Backups']],
    ['both', { status: 'old', default_cmk: true }, ['the default', 'Backups']],
    ['neither', { default_cmk: false }, []],
    ['of unknown status', { default_cmk: null, status: undefined }, []],
  ])('warns in the plan, the question and the result of a deletion of a key that is %s', async (_case, is, words) => {
    asked.length = 0;
    const { project } = api.scene(looksAt({ ...KEY, ...is }));
    const planned = await six.call('aiven_cmk_delete', { project, ...args, dry_run: true });
    const { payload } = await six.call('aiven_cmk_delete', { project, ...args });
    const said = [(planned.payload.plan as { warnings: string[] }).warnings.slice(0, -1), payload.warnings ?? []];
    for (const warnings of said) expect(warnings).toStrictEqual(words.map((word) => expect.stringContaining(word)));
    const line = asked[0]?.message.split('\n').find((each) => each.startsWith('Warning: '));
    expect(line === undefined).toBe(words.length === 0);
    for (const word of words) expect(line).toContain(word);
    expect(line ?? '').not.toContain('\\u{');
  });

  it('says in the hint of 403 for whom Aiven has the feature', async () => {
    const { project } = api.scene(() => [403, { message: 'Not a project member' }]);
    const { error } = await six.call('aiven_cmk_list', { project });
    expect(error?.hint).toMatch(/operator role.*BYOC enterprise feature, for newly created BYOC services/);
  });

  it.each([
    ['in full', ['--toolsets', 'cmk,services']],
    ['with the six tools', []],
    ['read-only', ['--read-only']],
    ['with services alone', ['--toolsets', 'services']],
  ])('has instructions that name available tools only, %s', async (_case, flags) => {
    const client = await open({ args: ['--sandbox', ...flags] });
    const names = (await client.list()).tools.map(({ name }) => name);
    expect(client.instructions?.split(/\s+/).length).toBeLessThan(120);
    for (const [tool] of client.instructions?.matchAll(/aiven_cmk_\w+/g) ?? []) expect(names).toContain(tool);
    expect(client.instructions?.includes('aiven_cmk_assign')).toBe(flags.includes('cmk,services'));
    await client.close();
  });

  it('reads a key that the list alone has as one that is not there', async () => {
    const { project } = api.scene(({ path }) =>
      path === CMKS ? [200, { cmks: [] }] : [200, { service: { service_name: 'x', cmk_id: null } }],
    );
    const { error } = await nine.call('aiven_cmk_assign', { project, service: 'x', cmk_id: ID });
    expect(error?.hint).toMatch(/no such key/);
  });
});
