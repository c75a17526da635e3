import { describe, expect, it } from 'vitest';
import { type Asked, CLIENTS } from '../fixtures/harness.ts';
import { AWS, CMKS, ID, KEY, looks, type Script } from '../fixtures/scripted-api.ts';
import { openForSuite } from '../fixtures/suite.ts';

const OTHER = '99999999-1234-1234-1234-12345678abcd';
const service = { service_name: 'orders-pg', state: 'RUNNING', cmk_id: OTHER, plan: 'x' };

describe.each(CLIENTS)('the life of a key, through $title', ({ open }) => {
  const asked: Asked[] = [];
  const typed = 'orders-pg';
  const human = (question: Asked) => {
    asked.push(question);
    const [field = ''] = Object.keys((question.requestedSchema as { properties: object }).properties);
    return { action: 'accept' as const, content: { [field]: typed } };
  };
  const { api, client } = openForSuite(open, { client: { human, args: ['--toolsets', 'cmk,services'] } });

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
      'az ad sp show --id app-1 --query id --output tsv',
      expect.stringContaining('--assignee-object-id OBJECT_ID'),
    ]);
    expect(oci?.statements).toStrictEqual([
      'define tenancy AT as ocid1.tenancy.y',
      'define group AG as ocid1.group.x',
      'admit group AG of tenancy AT to use keys in tenancy',
    ]);
    // What holds for all clouds is said once, and a statement is not repeated in its command.
    expect(payload.note).toMatch(/public internet.*RSA 2048 or 4096 in every cloud/);
    expect(JSON.stringify(payload).match(/public internet/g)).toHaveLength(1);
    expect(JSON.stringify(oci?.commands)).not.toContain('admit');
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
      { services_unknown: true, warnings: [expect.stringContaining('403')] },
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
      'aiven_cmk_update',
      { cmk_id: ID, default_cmk: false },
      { action: 'update', before: KEY, after: { default_cmk: false }, warnings: [] },
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
      {
        action: 'assign',
        before: service,
        after: { cmk_id: ID },
        warnings: [expect.stringMatching(/^(?!.*(?:begun|started)).*would start the move/)],
      },
    ],
    [
      'aiven_cmk_assign',
      { service: 'orders-pg', cmk_id: OTHER.toUpperCase() },
      { action: 'none', warnings: [expect.stringContaining('change nothing')] },
    ],
  ])('%s with dry_run reads, sends nothing, asks nobody and shows the plan', async (name, args, plan) => {
    asked.length = 0;
    const { project, writes } = api.scene((seen) => {
      if (seen.path === CMKS) return [200, { cmks: [KEY, { ...KEY, id: OTHER, default_cmk: false, resource: 'x' }] }];
      return seen.path.startsWith('/service/') ? [200, { service }] : looks(seen);
    });
    const { payload } = await client.call(name, { project, ...args, dry_run: true });
    expect(payload).toMatchObject({ plan });
    if ('after' in plan && name !== 'aiven_cmk_create') expect(payload.plan).toHaveProperty('after', plan.after);
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
    // The repeated id is compared to the letter, as it shows that it was read twice.
    expect((await client.call('aiven_cmk_delete', { ...base, confirm_cmk_id: ID.toUpperCase() })).error?.code).toBe(
      'confirmation_mismatch',
    );
  });

  it('refuses in a preview a registration of a key that is there, naming it', async () => {
    const { project, writes } = api.scene(looks);
    const args = { project, provider: 'aws', resource: AWS, dry_run: true };
    const { error } = await client.call('aiven_cmk_create', args);
    expect(error).toMatchObject({ code: 'conflict', message: expect.stringContaining(`CMK ${ID}`) });
    expect(writes()).toStrictEqual([]);
  });

  it('warns in a preview of a registration when a deleted key has the identifier', async () => {
    const { project } = api.scene(() => [200, { cmks: [{ ...KEY, status: 'deleted', default_cmk: false }] }]);
    const args = { project, provider: 'aws', resource: AWS, dry_run: true };
    const { payload } = await client.call('aiven_cmk_create', args);
    expect(payload.plan).toMatchObject({ action: 'create', warnings: [expect.stringContaining('deleted')] });
  });

  it('says what an access check proves, and sends it once', async () => {
    const { project, seen } = api.scene(looks);
    const { payload } = await client.call('aiven_cmk_access_check', { project, cmk_id: ID });
    expect(payload).toStrictEqual({ cmk: KEY, meaning: expect.stringContaining('proves neither') });
    expect(seen).toMatchObject([{ method: 'POST', path: `${CMKS}/${ID}/access_check`, body: '{}' }]);
  });
});
