import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { TOKEN } from '../fixtures/harness.ts';
import { HTTP_CLIENTS, post, spawnHttp, startHttp } from '../fixtures/http-harness.ts';
import { runProgram } from '../fixtures/processes.ts';
import { ID, KEY, looks, startScriptedApi } from '../fixtures/scripted-api.ts';
import { apiForSuite } from '../fixtures/suite.ts';

const list = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'aiven_cmk_list', arguments: { project: 'sandbox' } },
};

describe('an HTTP server in front of the API', () => {
  const api = apiForSuite();
  const env = () => ({ AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin });

  it('is not ready while the API cannot be reached', async () => {
    const gone = await startScriptedApi();
    await gone.close();
    const server = await startHttp(['--insecure-no-sign-in'], { ...env(), AIVEN_API_ORIGIN: gone.origin });
    const answer = await fetch(new URL('/readyz', server.origin));
    expect([answer.status, await answer.json()]).toStrictEqual([503, { status: 'api unreachable' }]);
    expect((await fetch(new URL('/healthz', server.origin))).status).toBe(200);
    await server.stop();
  });

  it('refuses more than a minute’s share, and says when to come again', async () => {
    const server = await startHttp(['--sandbox'], { AIVEN_CMK_HTTP_PER_MINUTE: '5' });
    const answers = [];
    for (let id = 0; id < 7; id += 1) answers.push(await post(server.origin, { ...list, id }));
    expect(answers.map(({ status }) => status)).toStrictEqual([200, 200, 200, 200, 200, 429, 429]);
    expect(Number(answers[5]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await fetch(new URL('/healthz', server.origin))).status).toBe(200);
    await server.stop();
  });

  it('refuses more than its share at once, and serves again after', async () => {
    const server = await startHttp(['--insecure-no-sign-in'], { ...env(), AIVEN_CMK_HTTP_CONCURRENT: '2' });
    const held: (() => void)[] = [];
    const { project } = api.scene((_seen, response) => void held.push(() => response.end('{"cmks":[]}')));
    const call = () => post(server.origin, { ...list, params: { name: 'aiven_cmk_list', arguments: { project } } });
    const [one, two] = [call(), call()];
    await vi.waitFor(() => expect(held).toHaveLength(2));
    const third = await call();
    expect([third.status, third.headers.get('retry-after')]).toStrictEqual([429, '1']);
    for (const release of held) release();
    expect([(await one).status, (await two).status]).toStrictEqual([200, 200]);
    await server.stop();
  });

  it('serves 200 callers at once', async () => {
    const server = await startHttp(['--sandbox'], {
      AIVEN_CMK_HTTP_PER_MINUTE: '1000',
      AIVEN_CMK_HTTP_CONCURRENT: '1000',
    });
    const answers = await Promise.all(Array.from({ length: 200 }, (_, id) => post(server.origin, { ...list, id })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(200);
    expect(answers.every(({ text }) => text.includes('22222222-2222'))).toBe(true);
    await server.stop();
  });

  it('counts every call of a batch', async () => {
    const server = await startHttp(['--sandbox'], { AIVEN_CMK_HTTP_PER_MINUTE: '25', AIVEN_CMK_HTTP_CONCURRENT: '10' });
    const batch = (size: number) =>
      post(
        server.origin,
        Array.from({ length: size }, (_, id) => ({ ...list, id })),
      );
    const answers = [await batch(11), await batch(10), await batch(10), await batch(10)];
    expect(answers.map(({ status }) => status)).toStrictEqual([429, 200, 200, 429]);
    await server.stop();
  });

  it('gives back the share of a caller that left before it was let in', async () => {
    const server = await startHttp(['--insecure-no-sign-in'], { ...env(), AIVEN_CMK_HTTP_CONCURRENT: '1' });
    const gone = new AbortController();
    const { project } = api.scene(() => {
      gone.abort();
      return undefined;
    });
    const call = { ...list, params: { name: 'aiven_cmk_list', arguments: { project } } };
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    const init = { method: 'POST', headers, body: JSON.stringify(call), signal: gone.signal };
    await expect(fetch(new URL('/mcp', server.origin), init).then((response) => response.text())).rejects.toThrow();
    const { project: next } = api.scene(looks);
    const again = { ...list, params: { name: 'aiven_cmk_list', arguments: { project: next } } };
    await vi.waitFor(async () => expect((await post(server.origin, again)).status).toBe(200));
    await server.stop();
  });

  it('says in one line that its port is taken', async () => {
    const taken = Number(new URL(api.origin).port);
    expect(await runProgram(['--sandbox', '--http', String(taken)])).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^aiven-cmk-mcp: [^\n]*EADDRINUSE[^\n]*\n$/),
    });
  });

  it('finishes a write that is under way when told to stop, takes no more, and exits with 0', async () => {
    const server = await spawnHttp(['--insecure-no-sign-in'], env());
    const unused = connect(Number(new URL(server.origin).port), '127.0.0.1');
    await once(unused, 'connect');
    const unusedClosed = once(unused.resume(), 'close');
    let release = () => {};
    const reached = new Promise<void>((resolve) => {
      api.scene(looks);
      const scene = api.scene((seen, response) => {
        if (seen.method === 'GET') return looks(seen);
        release = () => response.end(JSON.stringify({ cmk: KEY }));
        resolve();
        return undefined;
      });
      const args = { project: scene.project, cmk_id: ID, default_cmk: true };
      answer = post(server.origin, { ...list, params: { name: 'aiven_cmk_update', arguments: args } });
    });
    await reached;
    const stopped = server.stop();
    await vi.waitFor(() => expect(fetch(new URL('/healthz', server.origin))).rejects.toThrow());
    await unusedClosed;
    release();
    expect((await answer)?.message().result).toMatchObject({ structuredContent: { cmk: KEY } });
    expect(await stopped).toBe(0);
  });
  let answer: ReturnType<typeof post> | undefined;

  describe.each(HTTP_CLIENTS)('through $title', ({ title, connect: open }) => {
    const modern = title.includes('2026');
    it.each([
      ['auto', modern ? 'human' : 'argument'],
      ['required', modern ? 'human' : undefined],
      ['argument', 'argument'],
    ])('a deletion with --approval %s is approved by %s', async (mode, approved_by) => {
      const server = await startHttp(['--insecure-no-sign-in', '--metrics', '0', '--approval', mode], env());
      const scene = api.scene(looks);
      const human = () => ({ action: 'accept' as const, content: { cmk_id: ID } });
      const client = await open(server.origin, { human });
      const outcome = await client.call('aiven_cmk_delete', { project: scene.project, cmk_id: ID, confirm_cmk_id: ID });
      expect(outcome.payload.approved_by).toBe(approved_by);
      expect(outcome.error?.code).toBe(approved_by ? undefined : 'approval_unavailable');
      expect(scene.writes()).toHaveLength(approved_by ? 1 : 0);
      await vi.waitFor(() =>
        expect(server.audit().at(-1)).toMatchObject({ event: 'call', client_supports_elicitation: modern }),
      );
      const metrics = await (await fetch(new URL('/metrics', server.metricsOrigin))).text();
      const counts = [...metrics.matchAll(/^aiven_cmk_approvals_total\{result="(\w+)"\} 1$/gm)].map(
        ([, result]) => result,
      );
      const refused = approved_by ? [] : ['refused'];
      expect(counts).toStrictEqual(approved_by === 'human' ? ['asked', 'approved'] : refused);
      await client.close();
      await server.stop();
    });
  });
});
