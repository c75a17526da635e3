import { describe, expect, it } from 'vitest';
import { CLIENTS, TOKEN } from '../fixtures/harness.ts';
import { ID, looks, startScriptedApi } from '../fixtures/scripted-api.ts';

describe.each(CLIENTS)('toolsets and progress, through $title', ({ open }) => {
  it.each([
    ['cmk,services', 9],
    ['cmk,services,terraform', 10],
    ['terraform', 1],
    ['services', 3],
    ['cmk', 6],
  ])('with --toolsets %s there are %i tools', async (toolsets, count) => {
    const client = await open({ args: ['--sandbox', '--toolsets', toolsets] });
    expect((await client.list()).tools).toHaveLength(count);
    await client.close();
  });

  it('tells why a call takes longer, when the client asks for progress', async () => {
    const api = await startScriptedApi();
    const client = await open({ env: { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin } });
    const told: unknown[] = [];
    const { project } = api.scene((_seen, _response, count) => (count < 3 ? [503] : [200, { cmks: [] }]));
    await client.call('aiven_cmk_list', { project }, { onprogress: (progress) => told.push(progress) });
    expect(told).toMatchObject([
      { progress: 1, message: expect.stringContaining('trying') },
      { progress: 2, message: expect.stringContaining('trying') },
    ]);
    told.length = 0;
    const { project: lost } = api.scene((seen) => (seen.method === 'GET' ? looks(seen) : [502]));
    await client.call(
      'aiven_cmk_update',
      { project: lost, cmk_id: ID, default_cmk: true },
      { onprogress: (each) => told.push(each) },
    );
    expect(told).toMatchObject([{ progress: 1, message: expect.stringContaining('reading back') }]);
    await client.close();
    await api.close();
  });
});
