import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { PROVIDERS } from '../../src/aiven/kms/providers.ts';
import { ACCESSORS } from '../../src/aiven/sandbox/state.ts';
import { CLIENTS } from '../fixtures/harness.ts';
import { openForSuite } from '../fixtures/suite.ts';

describe.each(CLIENTS)('the accessor of one cloud, through $title', ({ open }) => {
  const { api, client } = openForSuite(open, { client: {} });

  it.each(PROVIDERS)('is the grant of %s alone, in at most 300 tokens', async (cloud) => {
    const { project } = api.scene(() => [200, { accessors: { ...ACCESSORS, other: { principal: 'x' } } }]);
    const { payload } = await client.call('aiven_cmk_accessors', { project, cloud });
    expect(payload.grants).toMatchObject([{ cloud }]);
    for (const principal of Object.values(ACCESSORS[cloud])) expect(JSON.stringify(payload)).toContain(principal);
    expect(encode(JSON.stringify(payload)).length).toBeLessThanOrEqual(300);
  });

  it('is refused for a cloud that is spelt otherwise, before a request', async () => {
    for (const cloud of ['AWS', 'google', '', 'other', ['aws']]) {
      const { project, seen } = api.scene(() => [200, { accessors: { ...ACCESSORS, other: { principal: 'x' } } }]);
      const { error } = await client.call('aiven_cmk_accessors', { project, cloud });
      expect(error).toMatchObject({
        code: 'invalid_arguments',
        message: expect.stringContaining('aws, gcp, azure, oci'),
      });
      expect(seen).toStrictEqual([]);
    }
  });

  it('is nothing, with the reason, where Aiven reports none', async () => {
    const { project } = api.scene(() => [200, { accessors: { aws: ACCESSORS.aws } }]);
    const { payload } = await client.call('aiven_cmk_accessors', { project, cloud: 'oci' });
    expect(payload).toStrictEqual({ accessors: {}, grants: [], warnings: ['Aiven reports no accessor for oci.'] });
  });
});
