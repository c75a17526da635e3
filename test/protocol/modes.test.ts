import { beforeAll, describe, expect, it, vi } from 'vitest';
import { CLIENTS, TOKEN } from '../fixtures/harness.ts';
import { AWS, ID, looks } from '../fixtures/scripted-api.ts';
import { apiForSuite } from '../fixtures/suite.ts';

describe.each(CLIENTS)('modes, through $title', ({ open }) => {
  const api = apiForSuite();
  let env: Record<string, string>;
  beforeAll(async () => {
    env = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin };
  });

  it.each([
    ['--read-only', { args: ['--read-only'] }],
    ['AIVEN_READ_ONLY=true', { env: { AIVEN_READ_ONLY: 'true' } }],
    ['AIVEN_READ_ONLY=1', { env: { AIVEN_READ_ONLY: '1' } }],
    ['--read-only over AIVEN_READ_ONLY=false', { args: ['--read-only'], env: { AIVEN_READ_ONLY: 'false' } }],
  ])('with %s only the tools that read exist', async (_case, start) => {
    const client = await open({ ...start, env: { ...env, ...('env' in start ? start.env : {}) } });
    const { tools } = await client.list();
    expect(tools.map(({ name }) => name)).toStrictEqual(['aiven_cmk_accessors', 'aiven_cmk_list', 'aiven_cmk_get']);
    const { project, seen } = api.scene(looks);
    const args = { project, cmk_id: ID, confirm_cmk_id: ID, provider: 'aws', resource: AWS, default_cmk: true };
    for (const name of ['aiven_cmk_create', 'aiven_cmk_update', 'aiven_cmk_delete']) {
      await expect(client.call(name, args)).rejects.toThrow(/not found|unknown/i);
    }
    expect(seen).toHaveLength(0);
    await client.close();
  });

  it('with AIVEN_READ_ONLY=false all six exist', async () => {
    const client = await open({ env: { ...env, AIVEN_READ_ONLY: 'false' } });
    expect((await client.list()).tools).toHaveLength(6);
    await client.close();
  });

  it('with one project the argument is optional, and the schema names it', async () => {
    const scene = api.scene(looks);
    const client = await open({ args: ['--project', scene.project], env });
    for (const { inputSchema } of (await client.list()).tools) {
      const { properties, required } = inputSchema as { properties: { project: object }; required?: string[] };
      expect(properties.project).toMatchObject({ type: 'string', enum: [scene.project] });
      expect(required ?? []).not.toContain('project');
    }
    for (const args of [{}, { project: null }, { project: scene.project }]) {
      expect((await client.call('aiven_cmk_accessors', args)).isError).toBe(false);
    }
    expect(scene.seen).toHaveLength(3);
    await vi.waitFor(() => expect(client.audit().at(0)).toMatchObject({ project: scene.project }));
    await client.close();
  });

  it.each([
    [
      'flags',
      (a: string, b: string) => ({ args: ['--project', a, `--project=${b}`], env: { AIVEN_PROJECT: 'elsewhere' } }),
    ],
    ['a list in the variable', (a: string, b: string) => ({ env: { AIVEN_PROJECT: `${a}, ${b}` } })],
  ])(
    'with several projects by %s one must be named, and others are refused before anything is sent',
    async (_case, start) => {
      const [one, two, other] = [api.scene(looks), api.scene(looks), api.scene(looks)];
      const started = start(one.project, two.project);
      const client = await open({ ...started, env: { ...env, ...started.env } });
      expect((await client.call('aiven_cmk_accessors', { project: two.project })).isError).toBe(false);
      expect((await client.call('aiven_cmk_accessors', {})).error?.code).toBe('invalid_arguments');
      for (const project of [other.project, 'elsewhere', one.project.toUpperCase()]) {
        for (const { name } of (await client.list()).tools) {
          const { error } = await client.call(name, { project });
          expect(error).toMatchObject({ code: 'project_not_allowed', message: expect.stringContaining(one.project) });
        }
      }
      expect([other.seen.length, one.seen.length, api.stray.length]).toStrictEqual([0, 0, 0]);
      await client.close();
    },
  );
});
