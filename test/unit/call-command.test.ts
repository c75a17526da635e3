import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand as run } from '../fixtures/command.ts';
import { auditLines, TOKEN } from '../fixtures/outcome.ts';
import { AWS, ID, KEY, looks } from '../fixtures/scripted-api.ts';
import { apiForSuite } from '../fixtures/suite.ts';

describe('call', () => {
  const list = ['call', 'aiven_cmk_list', '{"project":"sandbox"}', '--sandbox'];

  it('prints the result as JSON, exits with 0, and leaves a record', async () => {
    const { status, stdout, stderr } = await run(list);
    expect(status).toBe(0);
    expect(JSON.parse(stdout).cmks).toHaveLength(4);
    expect(auditLines(stderr)).toMatchObject([{ tool: 'aiven_cmk_list', caller: 'shell', outcome: 'ok' }]);
  });

  it.each([
    [
      'a failed call',
      ['call', 'aiven_cmk_get', '{"project":"sandbox","cmk_id":"x"}', '--sandbox'],
      'invalid_arguments',
    ],
    ['a refused project', [...list, '--project', 'other'], 'project_not_allowed'],
    [
      'a refused deletion',
      ['call', 'aiven_cmk_delete', `{"project":"sandbox","cmk_id":"${ID}","confirm_cmk_id":"x"}`, '--sandbox'],
      'confirmation_mismatch',
    ],
  ])('exits with 1 for %s, the error as JSON', async (_case, args, code) => {
    const { status, stdout } = await run(args);
    expect([status, JSON.parse(stdout).error.code]).toStrictEqual([1, code]);
  });

  it.each([
    ['no tool', ['call', '--sandbox']],
    ['an unknown tool', ['call', 'aiven_cmk_destroy', '{}', '--sandbox']],
    ['a tool that is switched off', ['call', 'aiven_cmk_delete', '{}', '--sandbox', '--read-only']],
    ['arguments that are no JSON', ['call', 'aiven_cmk_list', 'project=p', '--sandbox']],
    ['arguments that are no object', ['call', 'aiven_cmk_list', '[]', '--sandbox']],
    ['a third word', ['call', 'aiven_cmk_list', '{}', 'x', '--sandbox']],
    ['HTTP beside it', ['call', 'aiven_cmk_list', '{}', '--sandbox', '--http', '0']],
    ['a flag of another command', ['--table', '--sandbox']],
    ['faults without the sandbox', ['--sandbox-faults', 'lost=1']],
    ['faults that are none', ['--sandbox', '--sandbox-faults', 'fire=1']],
    ['a share over 1', ['--sandbox', '--sandbox-faults', '500=2']],
    ['a port that is none', ['sandbox', '--port', 'x']],
  ])('exits with 2 for %s, with one line on standard error', async (_case, args) => {
    const { status, stdout, stderr } = await run(args);
    expect({ status, stdout }).toStrictEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^aiven-cmk-mcp: [^\n]+\n$/);
  });

  it('leaves no handler of a signal behind', async () => {
    const before = process.listenerCount('SIGINT');
    await run(list);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  it('prints tables as avn does', async () => {
    const lines = (await run([...list, '--table'])).stdout.split('\n');
    expect(lines[0]).toMatch(/^id {36}status {3}provider {2}resource +default_cmk {2}created_at$/);
    expect(lines[1]).toMatch(/^={36} {2}={7} {2}={8} {2}=+ {2}={11} {2}=+$/);
    expect(lines[2]).toMatch(/^11111111-1111-4111-8111-111111111111 {2}current {2}aws .* True +\d{4}-/);
    const one = await run([
      'call',
      'aiven_cmk_get',
      '{"project":"sandbox","cmk_id":"11111111-1111-4111-8111-111111111111"}',
      '--sandbox',
      '--table',
    ]);
    expect(one.stdout).toMatch(/^property +value\n=+ {2}=+\nid +1111.*\nprovider +aws\ndefault_cmk +True\n/);
    const accessors = await run(['call', 'aiven_cmk_accessors', '{"project":"sandbox"}', '--sandbox', '--table']);
    expect(accessors.stdout).toMatch(/^PROVIDER {2}DETAILS\n=+ {2}=+\naws +principal {2}arn:/);
  });
});

describe('call against an API', () => {
  const api = apiForSuite();
  let env: Record<string, string>;
  beforeAll(async () => {
    env = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin };
  });

  it('calls the API as a server does', async () => {
    const { project, writes } = api.scene(looks);
    const args = ['call', 'aiven_cmk_create', JSON.stringify({ project, provider: 'aws', resource: AWS })];
    const { status, stdout } = await run(args, env);
    expect([status, JSON.parse(stdout)]).toStrictEqual([0, { cmk: KEY }]);
    expect(writes()).toHaveLength(1);
  });

  it('prints lists whole that a client reads in pages, and has no flag for a page', async () => {
    const cmks = Array.from({ length: 300 }, (_, at) => ({ ...KEY, id: `${300 - at}` }));
    const { project } = api.scene(() => [200, { cmks }]);
    const env = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin };
    const listed = await run(['list', '--project', project], env);
    expect(JSON.parse(listed.stdout)).toStrictEqual({ cmks, total: 300 });
    const exported = await run(['export', '--terraform', '--project', project], env);
    expect(exported.stdout.match(/^resource "aiven_cmk"/gm)).toHaveLength(300);
    expect((await run(['list', '--cursor', 'x'], env)).status).not.toBe(0);
  });
});
