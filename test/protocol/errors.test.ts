import { afterAll, describe, expect, it } from 'vitest';
import { NONSENSE, READS, WRITES } from '../fixtures/calls.ts';
import { CLIENTS, TOKEN } from '../fixtures/harness.ts';
import { looks } from '../fixtures/scripted-api.ts';
import { openForSuite } from '../fixtures/suite.ts';

/** Refusals as the API and the gateways before it give them: status, body, code, and what the message says. */
const REFUSALS = [
  [
    400,
    { message: 'Invalid value for limit parameter', errors: [] },
    'bad_request',
    'Invalid value for limit parameter',
  ],
  [401, { message: 'Missing (expired) db token', errors: ['x'] }, 'unauthorized', 'Missing (expired) db token; x'],
  [403, { errors: [{ message: 'Not a project member', status: 403 }] }, 'forbidden', 'Not a project member'],
  [404, { message: 'Project does not exist' }, 'not_found', 'Project does not exist'],
  [405, '', 'bad_request', 'Aiven answered 405'],
  [409, { message: 'still associated', errors: null }, 'conflict', 'still associated'],
  [417, { message: 'pending' }, 'pending', 'pending'],
  [429, { message: 'Rate limit 120 exceeded - try again in 28s' }, 'rate_limited', 'It asks to wait 28 s'],
] as const;

/** Answers that leave open whether a write was carried out. */
const FAULTS = [
  [302, '', 'unexpected_response', 'redirect'],
  [408, '', 'api_timeout', '408'],
  [500, '<html>\n<h1>Oops</h1></html>', 'api_error', '<html> <h1>Oops</h1></html>'],
  [502, '', 'api_error', 'Aiven answered 502'],
  [503, { message: 7, errors: { a: 1 } }, 'api_error', '{"message":7,"errors":{"a":1}}'],
  [999, '', 'unexpected_response', '999'],
] as const;

describe.each(CLIENTS)('failures, through $title', ({ open }) => {
  const { api, client } = openForSuite(open, { client: {} });
  afterAll(() => {
    expect(client.stderr()).not.toContain(TOKEN);
  });

  describe.concurrent.each(READS)('%s', (tool, args) => {
    it.concurrent.each([...REFUSALS, ...FAULTS])(
      'turns a %i into its code with what the API said',
      async (status, body, code, said) => {
        const { project } = api.scene(() => [status, body]);
        const { error } = await client.call(tool, { project, ...args });
        expect(error).toStrictEqual({
          code,
          message: expect.stringContaining(said),
          hint: expect.stringMatching(/\.$/),
          retryable: ['pending', 'rate_limited', 'api_error', 'api_timeout'].includes(code),
          http_status: status,
          call_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        });
      },
    );

    it.concurrent.each(NONSENSE)('reports %s with a status of success as unexpected_response', async (_case, body) => {
      const { project, seen } = api.scene(() => [200, body]);
      const { error } = await client.call(tool, { project, ...args });
      expect(error).toMatchObject({ code: 'unexpected_response', http_status: 200 });
      expect(error?.message.length).toBeLessThan(600);
      expect(seen).toHaveLength(1);
    });
  });

  describe.concurrent.each(WRITES)('%s', (tool, args, undone) => {
    it.concurrent.each(REFUSALS)(
      'turns a %i into its code with what the API said',
      async (status, body, code, said) => {
        const { project, writes } = api.scene((seen) => (seen.method === 'GET' ? looks(seen) : [status, body]));
        const { error } = await client.call(tool, { project, ...args });
        const expected = tool === 'aiven_cmk_delete' && status === 409 ? 'cmk_in_use' : code;
        expect(error).toMatchObject({ code: expected, message: expect.stringContaining(said), http_status: status });
        expect(writes()).toHaveLength(1);
      },
    );

    it.concurrent.each(FAULTS)(
      'looks after a %i, and says that the write is not seen to be done',
      async (status, body, _code, said) => {
        const { project, seen, writes } = api.scene((each) => (each.method === 'GET' ? looks(each) : [status, body]));
        const { error } = await client.call(tool, { project, ...args });
        expect(error).toMatchObject({ code: undone, message: expect.stringContaining(said), retryable: false });
        expect(writes()).toHaveLength(1);
        expect(seen.at(-1)?.method).toBe('GET');
      },
    );

    it.concurrent.each(NONSENSE)('looks after a success that holds %s', async (_case, body) => {
      const { project, writes } = api.scene((seen) => (seen.method === 'GET' ? looks(seen) : [200, body]));
      const { error } = await client.call(tool, { project, ...args });
      expect(error).toMatchObject({ code: undone, retryable: false });
      expect(writes()).toHaveLength(1);
    });
  });

  it('never follows a redirect', async () => {
    const { project, seen } = api.scene(() => [307, '', { location: `${api.origin}/elsewhere` }]);
    await client.call('aiven_cmk_list', { project });
    expect([seen.length, api.stray.length]).toStrictEqual([1, 0]);
  });

  it('shortens a long answer and strips what would break a line', async () => {
    const { project } = api.scene(() => [400, { message: `a\u0000b\u202ec\r\nd${'x'.repeat(5_000)}` }]);
    const { error } = await client.call('aiven_cmk_list', { project });
    expect(error?.message).toContain('a b c d');
    expect(error?.message.length).toBeLessThan(450);
  });

  it('never repeats the token, however the API echoes it', async () => {
    const escaped = [...TOKEN].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    const echoes = [
      [400, { message: `token ${TOKEN} is bad` }],
      [400, `${'x'.repeat(290)}${TOKEN}`],
      [200, `{"cmks":[{"id":"${escaped}","${escaped}":1}]}`],
      [200, { cmks: [], token: TOKEN }],
      [200, `<html>${TOKEN}`],
    ] as const;
    for (const echo of echoes) {
      const { project } = api.scene(() => echo);
      const { payload } = await client.call('aiven_cmk_list', { project });
      expect(JSON.stringify(payload)).not.toContain(TOKEN.slice(0, 12));
    }
    expect(client.stderr()).not.toContain(TOKEN);
  });

  it('answers arguments that do not fit in the same form, naming every fault, and sends nothing', async () => {
    const args = { project: 7, cmk_id: 'my-key', default: true, defualt_cmk: null };
    const { error } = await client.call('aiven_cmk_update', args);
    expect(error?.code).toBe('invalid_arguments');
    for (const part of ['project: ', 'cmk_id: ', 'default_cmk is missing', '"default"', '"defualt_cmk"']) {
      expect(error?.message).toContain(part);
    }
    expect(api.stray).toHaveLength(0);
  });

  it.each(['', '.', '..', 'a/b', 'a\\b', '%2e%2e', 'a b', 'a\n', 'a\u0000', 'x'.repeat(129), 'ä'])(
    'refuses %j as a project and as an id, and sends nothing',
    async (value) => {
      const { project, seen } = api.scene(looks);
      for (const args of [
        { project: value, cmk_id: '0'.repeat(36) },
        { project, cmk_id: value },
      ]) {
        const { error } = await client.call('aiven_cmk_get', args);
        expect(error?.code).toBe('invalid_arguments');
      }
      expect([...seen, ...api.stray]).toHaveLength(0);
    },
  );
});
