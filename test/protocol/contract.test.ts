import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { CLIENTS, type TestClient, TOKEN } from '../fixtures/harness.ts';
import { AWS, CMKS, ID, KEY, looks, type ScriptedApi, startScriptedApi } from '../fixtures/scripted-api.ts';

const key = { ...KEY, shade_of_new: { deep: [1] } };
const one = ['GET', `${CMKS}/${ID}`] as const;
const uses = ['GET', `${CMKS}/${ID}/service_associations`] as const;

/** Every row of the contract: the call, the requests it makes in their order, and the answer to the last of them. */
const ROWS = [
  {
    tool: 'aiven_cmk_accessors',
    args: {},
    requests: [['GET', `${CMKS}/accessors`]],
    answer: [200, { accessors: { gcp: { access_group: 'access example' }, newcloud: { principal: 'x', n: 1 } } }],
    adds: { grants: [] },
  },
  {
    tool: 'aiven_cmk_create',
    args: { provider: 'aws', resource: AWS },
    requests: [
      ['GET', CMKS],
      ['POST', CMKS, { provider: 'aws', resource: AWS }],
    ],
    answer: [201, { cmk: key }],
  },
  {
    tool: 'aiven_cmk_create',
    args: { provider: 'aws', resource: AWS, default_cmk: false },
    requests: [
      ['GET', CMKS],
      ['POST', CMKS, { provider: 'aws', resource: AWS, default_cmk: false }],
    ],
    answer: [200, { cmk: key }],
  },
  { tool: 'aiven_cmk_list', args: {}, requests: [['GET', CMKS]], answer: [200, { cmks: [key, { id: 'x' }] }] },
  { tool: 'aiven_cmk_list', args: {}, requests: [['GET', CMKS]], answer: [200, { cmks: [], paging: null }] },
  { tool: 'aiven_cmk_get', args: { cmk_id: ID }, requests: [one], answer: [200, { cmk: key }] },
  {
    tool: 'aiven_cmk_get',
    args: { cmk_id: ID },
    requests: [one],
    answer: [200, { cmk: { id: ID, resource: AWS, default_cmk: false, provider: null } }],
  },
  {
    tool: 'aiven_cmk_update',
    args: { cmk_id: ID, default_cmk: true },
    requests: [['POST', `${CMKS}/${ID}`, { default_cmk: true }]],
    answer: [200, { cmk: key }],
  },
  {
    tool: 'aiven_cmk_delete',
    args: { cmk_id: ID, confirm_cmk_id: ID },
    requests: [one, uses, ['DELETE', `${CMKS}/${ID}`]],
    answer: [200, { cmk: key }],
    adds: { approved_by: 'argument' },
  },
] as const;

describe.each(CLIENTS)('the contract, through $title', ({ open }) => {
  let api: ScriptedApi;
  let client: TestClient;
  beforeAll(async () => {
    api = await startScriptedApi();
    client = await open({ env: { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin } });
  });
  afterEach(() => expect(client.stderr()).not.toContain(TOKEN));
  afterAll(async () => {
    await client.close();
    await api.close();
  });

  it.each([...ROWS])('$tool sends $requests and passes the answer on as it came', async (row) => {
    const { project, seen } = api.scene((request, _response, count) =>
      count === row.requests.length ? row.answer : looks(request),
    );
    const { isError, payload } = await client.call(row.tool, { project, ...row.args });
    const adds = 'adds' in row ? row.adds : {};
    expect({ isError, payload }).toStrictEqual({ isError: false, payload: { ...row.answer[1], ...adds } });
    const wanted = row.requests.map(([method, path, body]) => ({
      method,
      path,
      body: body ? JSON.stringify(body) : '',
    }));
    expect(seen.map(({ method, path, body }) => ({ method, path, body }))).toStrictEqual(wanted);
    for (const { headers, body } of seen) {
      expect(headers).toMatchObject({
        accept: 'application/json',
        authorization: `Bearer ${TOKEN}`,
        'user-agent': `aiven-cmk-mcp/${packageJson.version}`,
      });
      expect(headers['content-type']).toBe(body === '' ? undefined : 'application/json');
    }
  });

  it('takes null for an optional argument as absent and drops wait_for_previous', async () => {
    const { project, seen } = api.scene((request) =>
      request.method === 'POST' ? [201, { cmk: key }] : looks(request),
    );
    const args = { project, provider: 'aws', resource: AWS, default_cmk: null, wait_for_previous: true };
    const { isError } = await client.call('aiven_cmk_create', args);
    expect(isError).toBe(false);
    expect(seen.at(-1)?.body).toBe(JSON.stringify({ provider: 'aws', resource: AWS }));
  });

  it('sends an identifier exactly as given', async () => {
    const { project, seen } = api.scene((request) =>
      request.method === 'POST' ? [201, { cmk: key }] : looks(request),
    );
    const resource = 'https://Example-KeyVault.VAULT.azure.net/keys/Example-Key/ABC123def456';
    await client.call('aiven_cmk_create', { project, provider: 'azure', resource });
    expect(JSON.parse(seen.at(-1)?.body ?? '')).toStrictEqual({ provider: 'azure', resource });
  });

  it.each([
    ['another id', '12345678-1234-1234-1234-12345678abce', 'confirmation_mismatch'],
    ['the id in capitals', ID.toUpperCase(), 'confirmation_mismatch'],
    ['the id with a space', `${ID} `, 'confirmation_mismatch'],
    ['the id in braces', `{${ID}}`, 'confirmation_mismatch'],
    ['the id with a look-alike letter', ID.replace('a', 'а'), 'confirmation_mismatch'],
    ['nothing', '', 'confirmation_mismatch'],
    ['a yes', 'yes', 'confirmation_mismatch'],
    ['missing', undefined, 'invalid_arguments'],
    ['true', true, 'invalid_arguments'],
    ['null', null, 'invalid_arguments'],
    ['a list', [ID], 'invalid_arguments'],
  ])('refuses to delete when confirm_cmk_id is %s, and sends nothing', async (_case, confirm_cmk_id, code) => {
    const { project, seen } = api.scene(looks);
    const { error } = await client.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id });
    expect(error).toMatchObject({ code, message: expect.stringContaining('confirm_cmk_id'), retryable: false });
    expect(seen).toHaveLength(0);
  });
});
