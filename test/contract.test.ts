import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { AWS, ID, PEERS, type Peer, TOKEN } from './harness.ts';
import { type ScriptedApi, startScriptedApi } from './scripted-api.ts';

const CMKS = '/v1/project/my-project/secrets/cmks';
const project = 'my-project';
const key = {
  id: ID,
  provider: 'aws',
  resource: AWS,
  default_cmk: true,
  status: 'current',
  shade_of_new: { deep: [1] },
};

/** Every row of the contract: the call, the request it makes, and the answer it passes on. */
const ROWS = [
  {
    tool: 'aiven_cmk_accessors',
    args: { project },
    request: ['GET', `${CMKS}/accessors`, ''],
    answer: [
      200,
      { accessors: { gcp: { access_group: 'access.example@aiven.io' }, newcloud: { principal: 'x', n: 1 } } },
    ],
  },
  {
    tool: 'aiven_cmk_create',
    args: { project, provider: 'aws', resource: AWS },
    request: ['POST', CMKS, { provider: 'aws', resource: AWS }],
    answer: [201, { cmk: key }],
  },
  {
    tool: 'aiven_cmk_create',
    args: { project, provider: 'aws', resource: AWS, default_cmk: false },
    request: ['POST', CMKS, { provider: 'aws', resource: AWS, default_cmk: false }],
    answer: [200, { cmk: key }],
  },
  {
    tool: 'aiven_cmk_list',
    args: { project },
    request: ['GET', CMKS, ''],
    answer: [200, { cmks: [key, { id: 'x' }] }],
  },
  { tool: 'aiven_cmk_list', args: { project }, request: ['GET', CMKS, ''], answer: [200, { cmks: [], paging: null }] },
  {
    tool: 'aiven_cmk_get',
    args: { project, cmk_id: ID },
    request: ['GET', `${CMKS}/${ID}`, ''],
    answer: [200, { cmk: key }],
  },
  {
    tool: 'aiven_cmk_get',
    args: { project, cmk_id: ID },
    request: ['GET', `${CMKS}/${ID}`, ''],
    answer: [200, { cmk: { id: ID, resource: AWS, default_cmk: false, provider: null } }],
  },
  {
    tool: 'aiven_cmk_update',
    args: { project, cmk_id: ID, default_cmk: true },
    request: ['POST', `${CMKS}/${ID}`, { default_cmk: true }],
    answer: [200, { cmk: key }],
  },
  {
    tool: 'aiven_cmk_delete',
    args: { project, cmk_id: ID, confirm_cmk_id: ID },
    request: ['DELETE', `${CMKS}/${ID}`, ''],
    answer: [200, { cmk: key }],
  },
] as const;

describe.each(PEERS)('the contract, through $title', ({ open }) => {
  let api: ScriptedApi;
  let peer: Peer;
  beforeAll(async () => {
    api = await startScriptedApi();
    peer = await open({ env: { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin } });
  });
  afterEach(() => expect(peer.stderr()).not.toContain(TOKEN));
  afterAll(async () => {
    await peer.close();
    await api.close();
  });

  it.each(ROWS)('$tool sends $request and passes the answer on as it came', async ({ tool, args, request, answer }) => {
    api.play(() => answer);
    const { isError, payload } = await peer.call(tool, args);
    expect({ isError, payload }).toStrictEqual({ isError: false, payload: answer[1] });
    const [method, path, body] = request;
    expect(api.seen).toHaveLength(1);
    expect(api.seen[0]).toMatchObject({ method, path, body: body === '' ? '' : JSON.stringify(body) });
    expect(api.seen[0]?.headers).toMatchObject({
      accept: 'application/json',
      authorization: `Bearer ${TOKEN}`,
      'user-agent': `aiven-cmk-mcp/${packageJson.version}`,
    });
    expect(api.seen[0]?.headers['content-type']).toBe(body === '' ? undefined : 'application/json');
  });

  it('takes null for an optional argument as absent and drops wait_for_previous', async () => {
    api.play(() => [201, { cmk: key }]);
    const args = { project, provider: 'aws', resource: AWS, default_cmk: null, wait_for_previous: true };
    const { isError } = await peer.call('aiven_cmk_create', args);
    expect(isError).toBe(false);
    expect(api.seen[0]?.body).toBe(JSON.stringify({ provider: 'aws', resource: AWS }));
  });

  it('sends an identifier exactly as given', async () => {
    api.play(() => [201, { cmk: key }]);
    const resource = 'https://Example-KeyVault.VAULT.azure.net/keys/Example-Key/ABC123def456';
    await peer.call('aiven_cmk_create', { project, provider: 'azure', resource });
    expect(JSON.parse(api.seen[0]?.body ?? '')).toStrictEqual({ provider: 'azure', resource });
  });

  it.each([
    ['another id', '12345678-1234-1234-1234-12345678abce'],
    ['the id in capitals', ID.toUpperCase()],
    ['the id with a space', `${ID} `],
    ['nothing', ''],
    ['a yes', 'yes'],
  ])('refuses to delete when confirm_cmk_id is %s, and sends nothing', async (_case, confirm_cmk_id) => {
    api.play(() => [200, { cmk: key }]);
    const { isError, payload } = await peer.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id });
    expect(isError).toBe(true);
    expect(payload).toMatchObject({ error: { code: 'confirmation_mismatch', retryable: false } });
    expect(api.seen).toHaveLength(0);
  });

  it.each([
    ['missing', {}],
    ['true', { confirm_cmk_id: true }],
    ['null', { confirm_cmk_id: null }],
    ['a list', { confirm_cmk_id: [ID] }],
  ])('refuses to delete when confirm_cmk_id is %s, and sends nothing', async (_case, confirmation) => {
    api.play(() => [200, { cmk: key }]);
    const { isError, payload } = await peer.call('aiven_cmk_delete', { project, cmk_id: ID, ...confirmation });
    expect(isError).toBe(true);
    expect(payload).toMatchObject({
      error: { code: 'invalid_arguments', message: expect.stringContaining('confirm_cmk_id') },
    });
    expect(api.seen).toHaveLength(0);
  });
});
