import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { READS, WRITES } from '../fixtures/calls.ts';
import { CLIENTS, type TestClient, TOKEN } from '../fixtures/harness.ts';
import { ID, looks, type Script, type ScriptedApi, startScriptedApi } from '../fixtures/scripted-api.ts';

/** Faults of the connection, each played on the raw response. */
const BROKEN: readonly (readonly [string, string, Script])[] = [
  ['a connection that breaks', 'could not be reached', (_seen, response) => void response.destroy()],
  ['an answer that does not come', 'in time', () => undefined],
  ['a body that breaks off', 'could not be reached', (_seen, response) => breakOff(response)],
  ['a body that does not end', 'in time', (_seen, response) => void response.writeHead(200).write('{"cmk')],
];

function breakOff(response: Parameters<Script>[1]): undefined {
  response.writeHead(200, { 'content-length': '100' });
  response.write('{"cmk', () => response.destroy());
}

describe.concurrent.each(CLIENTS)('requests, through $title', ({ open }) => {
  let api: ScriptedApi;
  let client: TestClient;
  /** For what takes its time: a client of a loaded machine would give up on the rest, too. */
  let hasty: TestClient;
  let bounded: TestClient;
  beforeAll(async () => {
    api = await startScriptedApi();
    const env = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin };
    client = await open({ env });
    hasty = await open({ env: { ...env, AIVEN_CMK_TIMEOUT_MS: '2500' } });
    bounded = await open({ env: { ...env, AIVEN_CMK_DEADLINE_MS: '8500' } });
    // The first call of a client compiles code: on a loaded machine the time of a try would be over before it is sent.
    for (const each of [client, hasty, bounded])
      await each.call('aiven_cmk_list', { project: api.scene(looks).project });
  });
  afterAll(async () => {
    await Promise.all([client.close(), hasty.close(), bounded.close()]);
    await api.close();
  });

  it.concurrent.each([408, 429, 500, 502, 503, 504])('tries a read three times on a %i', async (status) => {
    const { project, seen } = api.scene(() => [status]);
    await client.call('aiven_cmk_list', { project });
    expect(seen).toHaveLength(3);
  });

  it.concurrent.each([400, 401, 403, 404, 409, 417, 501, 302])('tries a read once on a %i', async (status) => {
    const { project, seen } = api.scene(() => [status]);
    await client.call('aiven_cmk_list', { project });
    expect(seen).toHaveLength(1);
  });

  describe.concurrent.each(BROKEN)('%s', (_case, said, fault) => {
    const caller = () => (said === 'in time' ? hasty : client);
    const call: TestClient['call'] = (...args) => caller().call(...args);

    it.concurrent.each(READS)('lets %s be tried three times', async (tool, args) => {
      const { project, seen } = api.scene(fault);
      const { error } = await call(tool, { project, ...args });
      expect(error).toMatchObject({ code: said === 'in time' ? 'api_timeout' : 'api_unreachable', retryable: true });
      expect(error?.message).toContain(said);
      await vi.waitFor(() =>
        expect(caller().audit()).toContainEqual(expect.objectContaining({ project, api_requests: 3 })),
      );
      // On a loaded machine the time of a try may be over before it reaches the API.
      if (said === 'in time') expect(seen.length).toBeLessThanOrEqual(3);
      else expect(seen).toHaveLength(3);
    });

    it.concurrent.each(WRITES)('lets %s be sent once, and reads back', async (tool, args, undone) => {
      const { project, writes } = api.scene((seen, ...rest) =>
        seen.method === 'GET' ? looks(seen) : fault(seen, ...rest),
      );
      const { error } = await call(tool, { project, ...args });
      expect(error).toMatchObject({ code: undone, message: expect.stringContaining(said) });
      expect(writes()).toHaveLength(1);
    });

    it.concurrent.each(WRITES)('is said when reading back after %s fails, too', async (tool, args) => {
      const { project, writes } = api.scene((seen, response, count) =>
        writes().length > 0 ? fault(seen, response, count) : looks(seen),
      );
      const { error } = await call(tool, { project, ...args });
      expect(error).toMatchObject({ code: 'outcome_unknown', message: expect.stringContaining('failed too') });
      expect(writes()).toHaveLength(1);
    });
  });

  it.concurrent.each<[string, () => ReturnType<Script>]>([
    ['seconds in Retry-After', () => [503, '', { 'retry-after': '1' }]],
    ['a date in Retry-After', () => [429, '', { 'retry-after': new Date(Date.now() + 1_900).toUTCString() }]],
    ['a wait in the message', () => [429, { message: 'Rate limit 120 exceeded - try again in 1s' }]],
  ])('waits as long as the API asks by %s, then reads', async (_case, wait) => {
    const times: number[] = [];
    const { project } = api.scene((_seen, _response, count) => {
      times.push(performance.now());
      return count === 1 ? wait() : [200, { cmks: [] }];
    });
    expect((await client.call('aiven_cmk_list', { project })).isError).toBe(false);
    const [first = 0, second = 0] = times;
    expect(times).toHaveLength(2);
    expect(second - first).toBeGreaterThan(850);
    expect(second - first).toBeLessThan(9_000);
  });

  it.concurrent.each([
    ['Retry-After', [429, '', { 'retry-after': '28' }], 'wait 28 s'],
    ['a message', [429, { message: 'Rate limit 120 exceeded - try again in 28s' }], 'wait 28 s'],
    ['Retry-After beyond the deadline', [503, '', { 'retry-after': '9' }], 'wait 9 s'],
  ] as const)('reports a longer wait asked for by %s instead of sleeping', async (_case, answer, said) => {
    const { project, seen } = api.scene(() => answer);
    const { error } = await bounded.call('aiven_cmk_list', { project });
    expect(error?.message).toContain(said);
    expect(seen).toHaveLength(1);
  });

  it('ends a call at its deadline', async () => {
    const env = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin, AIVEN_CMK_DEADLINE_MS: '300' };
    const brief = await open({ env });
    const { project } = api.scene(() => undefined);
    const { error } = await brief.call('aiven_cmk_list', { project });
    expect(error).toMatchObject({ code: 'api_timeout', message: expect.stringContaining('300 ms') });
    await brief.close();
  });

  it('drops an endless answer while it comes, and serves on', async () => {
    let ended = false;
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const { project } = api.scene((_seen, response) => {
      const pump = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', pump).on('close', () => {
        ended = true;
      });
      response.writeHead(200);
      pump();
      return undefined;
    });
    const { error } = await client.call('aiven_cmk_list', { project });
    expect(error).toMatchObject({ code: 'unexpected_response', message: expect.stringContaining('4194304') });
    await vi.waitFor(() => expect(ended).toBe(true));
    const { project: next } = api.scene(looks);
    expect((await client.call('aiven_cmk_accessors', { project: next })).isError).toBe(false);
  });

  it.each([...READS, ...WRITES.map(([tool, args]) => [tool, args] as const)])(
    'aborts the request of a cancelled %s',
    async (tool, args) => {
      const cancel = new AbortController();
      const { promise: closed, resolve } = deferred();
      const { project } = api.scene((seen, response) => {
        if (tool !== 'aiven_cmk_list' && seen.method === 'GET' && WRITES.some(([name]) => name === tool))
          return looks(seen);
        once(response, 'close').then(() => resolve());
        cancel.abort();
        return undefined;
      });
      await expect(client.call(tool, { project, ...args }, { signal: cancel.signal })).rejects.toThrow();
      await closed;
      await vi.waitFor(() => {
        const line = client.audit().find((each) => each.project === project && each.event === 'call');
        expect(line).toMatchObject({ outcome: 'cancelled' });
      });
    },
  );

  it('reports an API that is not there with the reason, and reads back after no write, as none was sent', async () => {
    const gone = await startScriptedApi();
    await gone.close();
    const lonely = await open({ env: { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: gone.origin } });
    const { error } = await lonely.call('aiven_cmk_update', { project: 'p', cmk_id: ID, default_cmk: true });
    expect(error).toMatchObject({ code: 'api_unreachable', message: expect.stringContaining('ECONNREFUSED') });
    await lonely.close();
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
