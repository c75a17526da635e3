import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CLIENTS, TOKEN } from '../fixtures/harness.ts';
import { HTTP_CLIENTS, type HttpInProcess, startHttp } from '../fixtures/http-harness.ts';
import { type Issuer, startIssuer } from '../fixtures/issuer.ts';
import { deletable, tokensFile } from '../fixtures/page-server.ts';
import { type PolicyFixture, policyFile, rulesText } from '../fixtures/policies.ts';
import { AWS, ID, looks, type ScriptedApi, startScriptedApi } from '../fixtures/scripted-api.ts';

const READS = ['aiven_cmk_accessors', 'aiven_cmk_list', 'aiven_cmk_get'];
const SIX = [...READS.slice(0, 1), 'aiven_cmk_create', ...READS.slice(1), 'aiven_cmk_update', 'aiven_cmk_delete'];

let api: ScriptedApi;
let issuer: Issuer;
beforeAll(async () => {
  [api, issuer] = await Promise.all([startScriptedApi(), startIssuer()]);
});
afterAll(() => Promise.all([api.close(), issuer.close()]));
const real = () => ({ AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin });

describe.each(HTTP_CLIENTS)('a policy over HTTP, through $title', ({ connect }) => {
  const tokens = tokensFile('script', 'cmk:read,cmk:write,cmk:delete');
  let policy: PolicyFixture;
  let server: HttpInProcess;
  let scene: ReturnType<ScriptedApi['scene']>;
  let secret: ReturnType<ScriptedApi['scene']>;
  beforeAll(async () => {
    [scene, secret] = [api.scene(deletable()), api.scene(looks)];
    policy = policyFile(
      rulesText(
        {
          name: 'agents read',
          effect: 'allow',
          callers: [{ claim: 'groups', value: 'agents' }],
          projects: [scene.project],
          tools: ['read'],
        },
        { name: 'the script', effect: 'allow', callers: [{ token: 'script' }], projects: ['*'] },
        { name: 'frozen', effect: 'deny', projects: [secret.project] },
        { name: 'no deletion by ada', effect: 'deny', callers: [{ subject: 'ada' }], tools: ['delete'] },
      ),
    );
    const env = { ...issuer.env, AIVEN_CMK_HTTP_TOKENS_FILE: tokens.file, ...policy.env };
    server = await startHttp([], { ...real(), ...env });
  });
  afterAll(async () => {
    await server.stop();
    policy.remove();
    tokens.remove();
  });
  const agent = async (groups: unknown) => connect(server.origin, { token: await issuer.token({ groups }) });

  it('shows a caller only what it may use somewhere', async () => {
    const client = await agent(['staff', 'agents']);
    expect((await client.tools()).map(({ name }) => name)).toStrictEqual(READS);
    const { prompts } = await client.sdk.listPrompts();
    expect(prompts.map(({ name }) => name)).toStrictEqual(['onboard_cmk', 'rotate_cmk', 'retire_cmk', 'review_cmks']);
    const complete = async (name: string, rest = {}) => {
      const ref = { type: 'ref/prompt' as const, name: 'retire_cmk' };
      return (await client.sdk.complete({ ref, argument: { name, value: '' }, ...rest })).completion.values;
    };
    expect(await complete('project')).toStrictEqual([scene.project]);
    const keysOf = (project: string) => complete('cmk_id', { context: { arguments: { project } } });
    expect(await keysOf(scene.project)).toStrictEqual([ID]);
    expect(await keysOf(secret.project)).toStrictEqual([]);
    expect(secret.seen).toStrictEqual([]);
    await client.close();
  });

  it.each<[string, unknown]>([
    ['no claim', undefined],
    ['a claim of another spelling', ['Agents']],
    ['a claim that is a list in a list', [['agents']]],
    ['a claim that has something else than texts', ['agents', 7]],
    ['a claim that is an object', { agents: true }],
    ['a claim of too many values', ['agents', ...Array.from({ length: 200 }, String)]],
  ])('shows nothing to a caller with %s, and denies each call', async (_case, groups) => {
    const client = await agent(groups);
    expect(await client.tools()).toStrictEqual([]);
    expect((await client.sdk.listPrompts()).prompts).toStrictEqual([]);
    const ref = { type: 'ref/prompt' as const, name: 'retire_cmk' };
    await expect(client.sdk.complete({ ref, argument: { name: 'project', value: '' } })).rejects.toThrow(
      /no such prompt/,
    );
    const before = scene.seen.length;
    expect((await client.call('aiven_cmk_list', { project: scene.project })).error?.code).toBe('policy_denied');
    expect(scene.seen).toHaveLength(before);
    await client.close();
  });

  it('tells a caller no more than its own request, and the audit log the rule', async () => {
    const client = await agent('agents');
    const denials = [
      ['aiven_cmk_list', { project: secret.project }, 'frozen'],
      ['aiven_cmk_list', { project: 'elsewhere' }, null],
      ['aiven_cmk_delete', { project: scene.project, cmk_id: ID, confirm_cmk_id: ID }, 'no deletion by ada'],
      [
        'aiven_cmk_delete',
        { project: scene.project, cmk_id: ID, confirm_cmk_id: ID, dry_run: true },
        'no deletion by ada',
      ],
    ] as const;
    for (const [tool, args, rule] of denials) {
      const { error } = await client.call(tool, args);
      const message = `The policy of this server does not let ada use ${tool} in project ${args.project}.`;
      expect(error).toMatchObject({ code: 'policy_denied', message, retryable: false });
      const line = server
        .audit()
        .find(({ call_id }) => call_id === (error as { call_id?: string } | undefined)?.call_id);
      expect(line).toMatchObject({ event: 'call', outcome: 'policy_denied', api_requests: 0 });
      expect(line?.policy).toMatchObject({ rule, digest: expect.stringMatching(/^[\w-]{43}$/) });
    }
    expect(secret.seen).toStrictEqual([]);
    await client.close();
  });

  it('knows a static token by its name, and an allowed call by its rule', async () => {
    const client = await connect(server.origin, { token: tokens.token });
    expect((await client.tools()).map(({ name }) => name)).toStrictEqual(SIX);
    const { isError } = await client.call('aiven_cmk_create', {
      project: scene.project,
      provider: 'aws',
      resource: AWS,
    });
    expect(isError).toBe(false);
    const lines = server.audit().filter(({ tool, caller }) => tool === 'aiven_cmk_create' && caller === 'script');
    expect(lines.map(({ event }) => event)).toStrictEqual(['intent', 'call']);
    for (const line of lines) expect(line.policy).toMatchObject({ rule: 'the script' });
    await client.close();
  });

  it('lets no other policy decide about a write that waited', async () => {
    const allowed = rulesText({ effect: 'allow', callers: [{ token: 'script' }] });
    const denied = rulesText({ effect: 'deny' });
    policy.write(allowed);
    server.reload?.();
    const changing = api.scene((seen) => {
      if (seen.path === '/secrets/cmks') {
        policy.write(denied);
        server.reload?.();
      }
      return looks(seen);
    });
    const client = await connect(server.origin, { token: tokens.token });
    const create = { project: changing.project, provider: 'aws', resource: AWS };
    expect((await client.call('aiven_cmk_create', create)).error?.code).toBe('policy_denied');
    expect(changing.writes()).toStrictEqual([]);
    policy.write('version: 1\nrules: maybe');
    server.reload?.();
    expect(server.stderr()).toMatch(/kept the policy, .*line 2: rules: it takes a list/);
    await client.close();
    const next = await connect(server.origin, { token: tokens.token }); // A client may keep its list for a minute.
    expect(await next.tools()).toStrictEqual([]);
    await next.close();
  });
});

describe.each(CLIENTS)('a policy over stdio, through $title', ({ open }) => {
  it('is about whoever calls as anonymous, and about no name that a client gives itself', async () => {
    const [one, other] = [api.scene(looks), api.scene(looks)];
    const policy = policyFile(
      rulesText(
        { effect: 'allow', callers: [{ subject: 'test/1' }, { token: 'test/1' }] },
        {
          effect: 'allow',
          callers: [{ anonymous: true }],
          projects: [one.project],
          scopes: ['cmk:read'],
          tools: ['read'],
        },
      ),
    );
    const args = ['--project', one.project, '--project', other.project];
    const client = await open({ args, env: { ...real(), ...policy.env } });
    const { tools } = await client.list();
    expect(tools.map(({ name }) => name)).toStrictEqual(READS);
    for (const { inputSchema } of tools)
      expect(inputSchema).toMatchObject({ properties: { project: { enum: [one.project] } } });
    expect((await client.call('aiven_cmk_list', { project: one.project })).isError).toBe(false);
    const { error } = await client.call('aiven_cmk_list', { project: 'foreign' });
    expect(error?.code).toBe('project_not_allowed');
    expect(error?.message).not.toContain(other.project);
    const refused = await client.call('aiven_cmk_list', { project: other.project });
    expect(refused.error?.code).toBe('policy_denied');
    const unnamed = await client.call('aiven_cmk_create', { provider: 'aws', resource: AWS });
    expect(unnamed.error).toMatchObject({ code: 'policy_denied', message: expect.stringMatching(/in any project\.$/) });
    expect(other.seen).toStrictEqual([]);
    await vi.waitFor(() => expect(client.audit().at(-1)).toMatchObject({ outcome: 'policy_denied' }));
    await client.close();
    policy.remove();
  });
});
