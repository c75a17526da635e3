import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Asked, CLIENTS, type TestClient, TOKEN } from '../fixtures/harness.ts';
import {
  AWS,
  CMKS,
  ID,
  KEY,
  looks,
  type Script,
  type ScriptedApi,
  startScriptedApi,
} from '../fixtures/scripted-api.ts';

const OTHER = '99999999-1234-1234-1234-12345678abcd';
const NONE = '00000000-0000-0000-0000-000000000000';
const service = { service_name: 'orders-pg', state: 'RUNNING', cmk_id: OTHER, plan: 'x' };

describe.each(CLIENTS)('the life of a key, through $title', ({ open }) => {
  let api: ScriptedApi;
  let client: TestClient;
  const asked: Asked[] = [];
  let typed = 'orders-pg';
  beforeAll(async () => {
    api = await startScriptedApi();
    const human = (question: Asked) => {
      asked.push(question);
      const [field = ''] = Object.keys((question.requestedSchema as { properties: object }).properties);
      return { action: 'accept' as const, content: { [field]: typed } };
    };
    const env = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin };
    client = await open({ args: ['--toolsets', 'cmk,services'], env, human });
  });
  afterAll(async () => {
    await client.close();
    await api.close();
  });

  it('names the commands and statements that grant each known accessor access, and no others', async () => {
    const accessors = {
      aws: { role_arn: 'arn:aws:iam::1:role/aiven' },
      gcp: { access_group: 'g@aiven.io' },
      azure: { app_id: 'app-1' },
      oci: { access_group: 'ocid1.group.x', access_tenant: 'ocid1.tenancy.y' },
      mars: { principal: 'x' },
    };
    const { project } = api.scene(() => [200, { accessors }]);
    const { payload } = await client.call('aiven_cmk_accessors', { project });
    expect(payload.accessors).toStrictEqual(accessors);
    const [aws, gcp, azure, oci, ...rest] = payload.grants as Record<string, unknown>[];
    expect(rest).toStrictEqual([]);
    expect(aws).toMatchObject({ principal: 'arn:aws:iam::1:role/aiven', actions: ['kms:Encrypt', 'kms:Decrypt'] });
    expect(JSON.stringify(aws?.statements)).toContain('arn:aws:iam::1:role/aiven');
    expect(gcp).toMatchObject({
      role: 'roles/cloudkms.cryptoOperator',
      commands: [expect.stringContaining('group:g@aiven.io')],
    });
    expect(azure?.commands).toStrictEqual([
      'az ad sp create --id app-1',
      expect.stringContaining('"Key Vault Crypto User"'),
    ]);
    expect(oci?.statements).toStrictEqual([
      'define tenancy AT as ocid1.tenancy.y',
      'define group AG as ocid1.group.x',
      'admit group AG of tenancy AT to use keys in tenancy',
    ]);
  });

  it.each(['x; rm -rf /', 'x`id`', 'a b', '$(id)', "x'", '-x', '', 7, null, { a: 1 }, 'x\n'])(
    'writes no command with the accessor %j',
    async (value) => {
      const accessors = {
        gcp: { access_group: value },
        azure: { app_id: value },
        aws: { principal: value },
        oci: value,
      };
      const { project } = api.scene(() => [200, { accessors }]);
      expect((await client.call('aiven_cmk_accessors', { project })).payload.grants).toStrictEqual([]);
    },
  );

  it.each<[string, Script, object]>([
    ['services', looks, { services: [] }],
    [
      'that the API does not tell',
      (seen) => (seen.path === `${CMKS}/${ID}` ? looks(seen) : [403]),
      { services_unknown: true },
    ],
  ])('shows with a key on request %s', async (_case, script, adds) => {
    const { project } = api.scene(script);
    const { payload } = await client.call('aiven_cmk_get', { project, cmk_id: ID, include_services: true });
    expect(payload).toStrictEqual({ cmk: KEY, ...adds });
  });

  it.each<[string, object, object]>([
    [
      'aiven_cmk_create',
      { provider: 'aws', resource: `${AWS}0`, default_cmk: true },
      { action: 'create', warnings: [expect.stringContaining(ID)] },
    ],
    [
      'aiven_cmk_create',
      { provider: 'aws', resource: AWS },
      { action: 'create', warnings: [expect.stringContaining('expected to refuse')] },
    ],
    [
      'aiven_cmk_update',
      { cmk_id: ID, default_cmk: false },
      { action: 'update', before: KEY, after: { ...KEY, default_cmk: false }, warnings: [] },
    ],
    [
      'aiven_cmk_update',
      { cmk_id: ID, default_cmk: true },
      { action: 'none', warnings: [expect.stringContaining('nothing')] },
    ],
    ['aiven_cmk_delete', { cmk_id: ID, confirm_cmk_id: ID }, { action: 'delete', before: KEY, services: [] }],
    [
      'aiven_cmk_assign',
      { service: 'orders-pg', cmk_id: ID },
      { action: 'assign', before: service, after: { ...service, cmk_id: ID } },
    ],
  ])('%s with dry_run reads, sends nothing, asks nobody and shows the plan', async (name, args, plan) => {
    asked.length = 0;
    const { project, writes } = api.scene((seen) =>
      seen.path.startsWith('/service/') ? [200, { service }] : looks(seen),
    );
    const { payload } = await client.call(name, { project, ...args, dry_run: true });
    expect(payload).toMatchObject({ plan });
    expect([writes(), asked]).toStrictEqual([[], []]);
  });

  it('refuses in a preview what the call would refuse', async () => {
    const { project } = api.scene((seen) =>
      seen.path.endsWith('associations')
        ? [200, { service_associations: [{ service_name: 'a', status: 'active' }] }]
        : looks(seen),
    );
    const base = { project, cmk_id: ID, dry_run: true };
    expect((await client.call('aiven_cmk_delete', { ...base, confirm_cmk_id: ID })).error?.code).toBe('cmk_in_use');
    expect((await client.call('aiven_cmk_delete', { ...base, confirm_cmk_id: OTHER })).error?.code).toBe(
      'confirmation_mismatch',
    );
  });

  it('says what an access check proves, and sends it once', async () => {
    const { project, seen } = api.scene(looks);
    const { payload } = await client.call('aiven_cmk_access_check', { project, cmk_id: ID });
    expect(payload).toStrictEqual({ cmk: KEY, meaning: expect.stringContaining('proves neither') });
    expect(seen).toMatchObject([{ method: 'POST', path: `${CMKS}/${ID}/access_check`, body: '{}' }]);
  });

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
  ])('looks after a move whose answer is lost: the service %s', async (_case, service_associations, code) => {
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
});
