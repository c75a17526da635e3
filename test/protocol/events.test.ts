import { describe, expect, it } from 'vitest';
import { CLIENTS, type TestClient, TOKEN } from '../fixtures/harness.ts';
import { AWS, CMKS, ID, KEY, looks } from '../fixtures/scripted-api.ts';
import { openForSuite } from '../fixtures/suite.ts';

const event = { time: '2026-05-05T10:55:52Z', actor: 'ada@example.com', event_type: 'x', service_name: '', id: 'e1' };

describe.each(CLIENTS)('what Aiven recorded about a key, through $title', ({ open }) => {
  const { api, six, nine } = openForSuite(open, { six: {}, nine: { args: ['--toolsets', 'cmk,services'] } });

  const inputOf = async (client: TestClient) => {
    const tool = (await client.list()).tools.find(({ name }) => name === 'aiven_cmk_get');
    const { properties } = (tool?.inputSchema ?? { properties: {} }) as { properties: object };
    return Object.keys(properties);
  };

  it('is asked for by an argument that exists with the toolset alone', async () => {
    expect(await inputOf(nine)).toContain('include_events');
    expect(await inputOf(six)).not.toContain('include_events');
    const { project, seen } = api.scene(looks);
    const { error } = await six.call('aiven_cmk_get', { project, cmk_id: ID, include_events: true });
    expect(error).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringMatching(/unknown argument "include_events"/),
    });
    expect(seen).toHaveLength(0);
  });

  it('is the events that name it by id or identifier, in any letter case, without control characters', async () => {
    const named = [
      { ...event, event_desc: `Deleted CMK ${ID.toUpperCase()}` },
      { ...event, event_desc: `Created a CMK\nfor ${AWS}`, actor: null },
    ];
    const others = [{ ...event, event_desc: 'Created service a' }, { ...event, event_desc: 7 }, 'x', null, {}];
    const { project, seen } = api.scene((each) =>
      each.path === '/events' ? [200, { events: [...named, ...others] }] : looks(each),
    );
    const { payload } = await nine.call('aiven_cmk_get', { project, cmk_id: ID, include_events: true });
    const { time, actor, event_type } = event;
    const events = [
      { time, actor, event_type, event_desc: `Deleted CMK ${ID.toUpperCase()}` },
      { time, event_type, event_desc: `Created a CMK for ${AWS}` },
    ];
    expect(payload).toStrictEqual({ cmk: KEY, events });
    expect(seen.map(({ path }) => path)).toStrictEqual([`${CMKS}/${ID}`, '/events']);
  });

  it.each([
    ['is refused', [403, { message: 'Not a project member' }], 'Not a project member'],
    ['has another shape', [200, { events: {} }], 'another shape'],
  ] as const)('is unknown, not nothing, where the log %s; the key is shown', async (_case, answer, said) => {
    const { project } = api.scene((each) => (each.path === '/events' ? answer : looks(each)));
    const { payload } = await nine.call('aiven_cmk_get', { project, cmk_id: ID, include_events: true });
    expect(payload).toStrictEqual({ cmk: KEY, events_unknown: true, warnings: [expect.stringContaining(said)] });
  });

  it('keeps both warnings where neither services nor events are known', async () => {
    const { project } = api.scene((each) => (each.path === `${CMKS}/${ID}` ? looks(each) : [403]));
    const args = { project, cmk_id: ID, include_events: true, include_services: true };
    const { payload } = await nine.call('aiven_cmk_get', args);
    expect(payload).toMatchObject({ services_unknown: true, events_unknown: true });
    expect(payload.warnings).toHaveLength(2);
  });

  it('after a write is in the sandbox’s log, too', async () => {
    const client = await open({ args: ['--sandbox', '--toolsets', 'cmk,services'] });
    const args = { project: 'sandbox', cmk_id: '33333333-3333-4333-8333-333333333333' };
    await client.call('aiven_cmk_update', { ...args, default_cmk: true });
    const { payload } = await client.call('aiven_cmk_get', { ...args, include_events: true });
    expect(payload.events).toMatchObject([{ actor: 'user@sandbox.invalid', event_type: 'cmk_update' }]);
    await client.close();
  });

  it('and an export to Terraform is one read', async () => {
    const client = await open({
      args: ['--toolsets', 'cmk,terraform', '--read-only'],
      env: { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin },
    });
    const { project, seen } = api.scene(() => [200, { cmks: [KEY, { id: 'x' }] }]);
    const { payload } = await client.call('aiven_cmk_export', { project });
    expect(payload).toMatchObject({ exported: 1, skipped: [{ id: 'x' }] });
    expect(payload.hcl).toContain(`id = "${project}/${ID}"`);
    expect(payload.hcl).toContain('PROVIDER_AIVEN_ENABLE_BETA=1');
    expect(seen.map(({ method, path }) => [method, path])).toStrictEqual([['GET', CMKS]]);
    await client.close();
  });
});
