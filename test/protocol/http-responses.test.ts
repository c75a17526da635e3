import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TOKEN } from '../fixtures/harness.ts';
import { type HttpInProcess, post, startHttp } from '../fixtures/http-harness.ts';
import { looks } from '../fixtures/scripted-api.ts';
import { apiForSuite } from '../fixtures/suite.ts';

/** A call of a protocol before 2026-07-28; `_meta` as far as it is given. */
function callOf(project: string, _meta?: object) {
  const params = { name: 'aiven_cmk_list', arguments: { project }, ...(_meta && { _meta }) };
  return { jsonrpc: '2.0', id: 7, method: 'tools/call', params };
}

describe('responses to protocols before 2026-07-28, over HTTP', () => {
  const api = apiForSuite();
  let server: HttpInProcess;
  beforeAll(async () => {
    const env = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin };
    server = await startHttp(['--insecure-no-sign-in'], env);
  });
  afterAll(() => server.stop());

  it('are one JSON body where no progress can be asked for', async () => {
    const { project } = api.scene(looks);
    const { headers, message } = await post(server.origin, callOf(project));
    expect(headers.get('content-type')).toContain('application/json');
    expect(message()).toMatchObject({ id: 7, result: { structuredContent: { cmks: [expect.anything()] } } });
  });

  it('are a stream where it may be, and hold the progress', async () => {
    const { project } = api.scene((seen, _response, count) => (count === 1 ? [503] : looks(seen)));
    const { headers, text } = await post(server.origin, callOf(project, { progressToken: 'p' }));
    expect(headers.get('content-type')).toContain('text/event-stream');
    expect(text).toContain('notifications/progress');
    expect(text).toContain('"id":7');
  });

  it('are errors in the same form', async () => {
    const unknown = { jsonrpc: '2.0', id: 8, method: 'tools/call', params: { name: 'none', arguments: {} } };
    const { message } = await post(server.origin, unknown);
    expect(message()).toMatchObject({ id: 8, error: { code: -32602 } });
  });

  it('cancel the call of a client that has left', async () => {
    const left = new AbortController();
    let resolve = () => {};
    const closed = new Promise<void>((done) => {
      resolve = done;
    });
    const { project } = api.scene((_seen, response) => {
      once(response, 'close').then(() => resolve());
      left.abort();
      return undefined;
    });
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    const init = { method: 'POST', headers, body: JSON.stringify(callOf(project)), signal: left.signal };
    await expect(fetch(new URL('/mcp', server.origin), init)).rejects.toThrow();
    await closed;
    await vi.waitFor(() => expect(server.stderr()).toMatch(/"outcome":"cancelled"/));
  });
});
