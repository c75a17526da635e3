import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AWS, ID, PEERS, type Peer, TOKEN } from './harness.ts';
import { type ScriptedApi, startScriptedApi } from './scripted-api.ts';

const project = 'my-project';

/** Every tool with arguments that pass all checks made before a request. */
const CALLS = [
  ['aiven_cmk_accessors', { project }],
  ['aiven_cmk_create', { project, provider: 'aws', resource: AWS }],
  ['aiven_cmk_list', { project }],
  ['aiven_cmk_get', { project, cmk_id: ID }],
  ['aiven_cmk_update', { project, cmk_id: ID, default_cmk: true }],
  ['aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID }],
] as const;

/** Error answers as the API and the gateways before it give them. */
const ANSWERS = [
  [
    400,
    { message: 'Invalid value for limit parameter', errors: [] },
    'bad_request',
    'Invalid value for limit parameter',
  ],
  [401, { message: 'Missing (expired) db token', errors: ['x'] }, 'unauthorized', 'Missing (expired) db token; x'],
  [403, { errors: [{ message: 'Not a project member', status: 403 }] }, 'forbidden', 'Not a project member'],
  [404, { message: 'Project does not exist' }, 'not_found', 'Project does not exist'],
  [405, '', 'bad_request', ''],
  [409, { message: 'still associated', errors: null }, 'conflict', 'still associated'],
  [429, { message: 'Rate limit 120 exceeded - try again in 28s' }, 'rate_limited', 'try again in 28s'],
  [500, '<html>\n<h1>Oops</h1></html>', 'api_error', '<html> <h1>Oops</h1></html>'],
  [502, '', 'api_error', ''],
  [503, { message: 7, errors: { a: 1 } }, 'api_error', '{"message":7,"errors":{"a":1}}'],
  [302, '', 'unexpected_response', 'redirect'],
  [999, '', 'unexpected_response', '999'],
] as const;

/** Answers with a status of success that hold no success. */
const NONSENSE = [
  ['nothing', ''],
  ['HTML', '<html>signed out</html>'],
  ['broken JSON', '{"cmk": {"id": "1'],
  ['null', 'null'],
  ['a list', '[]'],
  ['another shape', { cmk: 'gone', cmks: {}, accessors: [] }],
  ['a key without an id', { cmk: {}, cmks: [{}], accessors: 1 }],
] as const;

describe.each(PEERS)('failures, through $title', ({ open }) => {
  let api: ScriptedApi;
  let peer: Peer;
  beforeAll(async () => {
    api = await startScriptedApi();
    const env = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin, AIVEN_CMK_TIMEOUT_MS: '300' };
    peer = await open({ env });
  });
  afterAll(async () => {
    await peer.close();
    await api.close();
  });

  describe.each(CALLS)('%s', (tool, args) => {
    it.each(ANSWERS)('turns a %i into its code with what the API said', async (status, body, code, said) => {
      api.play(() => [status, body]);
      const { isError, payload } = await peer.call(tool, args);
      expect(isError).toBe(true);
      expect(payload).toStrictEqual({
        error: {
          code,
          message: expect.stringContaining(said),
          hint: expect.stringMatching(/\.$/),
          retryable: ['rate_limited', 'api_error'].includes(code),
          http_status: status,
        },
      });
    });

    it.each(NONSENSE)('reports %s with a status of success as unexpected_response', async (_case, body) => {
      api.play(() => [200, body]);
      const { payload } = await peer.call(tool, args);
      expect(payload).toMatchObject({ error: { code: 'unexpected_response', http_status: 200 } });
    });

    it('reports a connection that breaks, and serves on', async () => {
      api.play((_seen, response) => void response.destroy());
      const { payload } = await peer.call(tool, args);
      expect(payload).toMatchObject({
        error: { code: 'api_unreachable', message: expect.stringContaining('reached') },
      });
    });

    it('reports an answer that does not come in time', async () => {
      api.play(() => undefined);
      const { payload } = await peer.call(tool, args);
      expect(payload).toMatchObject({ error: { code: 'api_timeout' } });
    });

    it('reports an answer whose body does not come to its end in time', async () => {
      api.play((_seen, response) => void response.writeHead(200).write('{"cmk'));
      const { payload } = await peer.call(tool, args);
      expect(payload).toMatchObject({ error: { code: 'api_timeout' } });
    });
  });

  it('never follows a redirect', async () => {
    api.play((_seen, response) => void response.writeHead(307, { location: `${api.origin}/elsewhere` }).end());
    await peer.call('aiven_cmk_list', { project });
    expect(api.seen.map(({ path }) => path)).toStrictEqual(['/v1/project/my-project/secrets/cmks']);
  });

  it('shortens a long answer and strips what would break a line', async () => {
    api.play(() => [500, { message: `a\u0000b\u202ec\r\nd${'x'.repeat(5_000)}` }]);
    const { payload } = await peer.call('aiven_cmk_list', { project });
    const { message } = payload.error as { message: string };
    expect(message).toContain('a b c d');
    expect(message.length).toBeLessThan(450);
  });

  it('never repeats the token, however the API echoes it', async () => {
    const escaped = [...TOKEN].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    const echoes = [
      [500, { message: `token ${TOKEN} is bad` }],
      [500, `${'x'.repeat(290)}${TOKEN}`],
      [200, `{"cmks":[{"id":"${escaped}","${escaped}":1}]}`],
      [200, { cmks: [], token: TOKEN }],
      [200, `<html>${TOKEN}`],
    ] as const;
    for (const echo of echoes) {
      api.play(() => echo);
      const { payload } = await peer.call('aiven_cmk_list', { project });
      expect(JSON.stringify(payload)).not.toContain(TOKEN.slice(0, 12));
    }
    expect(peer.stderr()).not.toContain(TOKEN);
  });

  it('answers arguments that do not fit in the same form, naming every fault, and sends nothing', async () => {
    api.play(() => [200, {}]);
    const args = { project: 7, cmk_id: 'my-key', default: true, defualt_cmk: null };
    const { isError, payload } = await peer.call('aiven_cmk_update', args);
    expect(isError).toBe(true);
    const { code, message } = payload.error as { code: string; message: string };
    expect(code).toBe('invalid_arguments');
    for (const part of ['project', 'cmk_id', 'default_cmk is missing', '"default"', '"defualt_cmk"']) {
      expect(message).toContain(part);
    }
    expect(api.seen).toHaveLength(0);
  });

  it.each(['', '.', '..', 'a/b', 'a\\b', '%2e%2e', 'a b', 'a\n', 'a\u0000', 'x'.repeat(129), 'ä'])(
    'refuses %j as a project and as an id, and sends nothing',
    async (value) => {
      api.play(() => [200, {}]);
      for (const args of [
        { project: value, cmk_id: ID },
        { project, cmk_id: value },
      ]) {
        const { payload } = await peer.call('aiven_cmk_get', args);
        expect(payload).toMatchObject({ error: { code: 'invalid_arguments' } });
      }
      expect(api.seen).toHaveLength(0);
    },
  );
});

describe.each(PEERS)('an API that is not there, through $title', ({ open }) => {
  it('is reported with the reason', async () => {
    const api = await startScriptedApi();
    await api.close();
    const peer = await open({ env: { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin } });
    const { payload } = await peer.call('aiven_cmk_list', { project });
    expect(payload).toMatchObject({
      error: { code: 'api_unreachable', message: expect.stringContaining('ECONNREFUSED'), retryable: true },
    });
    await peer.close();
  });
});
