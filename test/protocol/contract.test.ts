import { afterEach, describe, expect, it } from 'vitest';
import { CONTRACT, checkContract, key } from '../fixtures/contract.ts';
import { CLIENTS, TOKEN } from '../fixtures/harness.ts';
import { AWS, ID, looks } from '../fixtures/scripted-api.ts';
import { openForSuite } from '../fixtures/suite.ts';

describe.each(CLIENTS)('the contract, through $title', ({ open }) => {
  const { api, client } = openForSuite(open, { client: {} });
  afterEach(() => expect(client.stderr()).not.toContain(TOKEN));

  it.each([...CONTRACT])('$tool sends $requests and passes the answer on as it came', async (row) => {
    await checkContract(api, client, row);
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
