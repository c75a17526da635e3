import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HTTP_CLIENTS, type HttpServer, post, startHttp } from '../fixtures/http-harness.ts';
import { type Issuer, startIssuer } from '../fixtures/issuer.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../fixtures/otlp-receiver.ts';
import { TOKEN } from '../fixtures/outcome.ts';
import { APPROVE, deletable, firstProgress, pendingOf, person, startPageServer } from '../fixtures/page-server.ts';
import { ID, startScriptedApi } from '../fixtures/scripted-api.ts';

const [TRACE, OTHER] = ['4bf92f3577b34da6a3ce929d0e0e4736', '0af7651916cd43dd8448eb211c80319c'];
const [PARENT, CARRIER] = ['00f067aa0ba902b7', 'b7ad6b7169203331'];
const inMeta = { traceparent: `00-${TRACE}-${PARENT}-01` };
const list = { name: 'aiven_cmk_list', arguments: { project: 'sandbox' } };

/** A fetch that sends the context of an HTTP request, as an instrumented client or a proxy does. */
const traced =
  (traceparent: string): typeof fetch =>
  (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('traceparent', traceparent);
    return fetch(input, { ...init, headers });
  };

describe('telemetry over HTTP', () => {
  let issuer: Issuer;
  beforeAll(async () => {
    issuer = await startIssuer();
  });
  afterAll(() => issuer.close());

  describe.each(HTTP_CLIENTS)('through $title', ({ title, connect }) => {
    let collector: OtlpReceiver;
    let server: HttpServer;
    beforeAll(async () => {
      collector = await startOtlpReceiver();
      server = await startHttp(['--sandbox'], {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.origin}/v1/traces`,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      });
    });
    afterAll(() => collector.close());

    it('takes the parent from the message, and from the HTTP request only without that', async () => {
      const client = await connect(server.origin, { fetch: traced(`00-${OTHER}-${CARRIER}-01`) });
      await client.sdk.callTool(list);
      await client.sdk.callTool({ ...list, _meta: inMeta });
      await client.sdk.callTool({ ...list, _meta: { traceparent: 'no context' } });
      await client.close();
      await server.stop();
      const calls = collector.spans().filter(({ name }) => name === 'tools/call aiven_cmk_list');
      const link = { traceId: OTHER, spanId: CARRIER };
      expect(calls.map(({ parentSpanId, links }) => ({ parentSpanId, links }))).toStrictEqual([
        { parentSpanId: CARRIER, links: [] },
        { parentSpanId: PARENT, links: [link] },
        { parentSpanId: '', links: [link] },
      ]);
      expect(calls[2]?.traceId).toMatch(/^(?!4bf9|0af7)[\da-f]{32}$/);
      for (const { attributes } of calls) {
        expect(attributes).toMatchObject({
          'network.transport': 'tcp',
          'network.protocol.name': 'http',
          'client.address': '127.0.0.1',
          'mcp.protocol.version': title.slice(-10),
        });
      }
      expect(server.audit().map(({ trace_id }) => trace_id)).toStrictEqual(calls.map(({ traceId }) => traceId));
      expect(collector.received.map(({ path, headers }) => [path, headers['content-type']])).toStrictEqual([
        ['/v1/traces', 'application/json'],
      ]);
    });
  });

  it('shows the wait for a decision on the approval page', async () => {
    const [collector, api] = await Promise.all([startOtlpReceiver(), startScriptedApi()]);
    const server = await startPageServer(issuer, api.origin, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin });
    const { project } = api.scene(deletable());
    const client = await HTTP_CLIENTS[0]?.connect(server.origin, { token: await issuer.token({ sub: 'ada' }) });
    if (!client) throw new Error('There is no client.');
    const remove = (options = {}) =>
      client.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID }, options);
    const { id } = pendingOf(await remove());
    const { onprogress, heard } = firstProgress();
    const second = remove({ onprogress });
    await heard;
    await server.decisions.vote(id, person(issuer, 'ada'), APPROVE);
    expect(await second).toMatchObject({ isError: false });
    const call = { method: 'tools/call', params: { name: 'aiven_cmk_list', arguments: { project } } };
    const authorization = `Bearer ${await issuer.token({ sub: 'ada' })}`;
    expect(await post(server.origin, { jsonrpc: '2.0', id: TOKEN, ...call }, { authorization })).toMatchObject({
      status: 200,
    });
    await client.close();
    await server.stop();
    const spans = collector.spans();
    const calls = spans.filter(({ name }) => name === 'tools/call aiven_cmk_delete');
    expect(calls.map(({ attributes }) => attributes['aiven_cmk.outcome'])).toStrictEqual(['approval_pending', 'ok']);
    const waits = spans.filter(({ name }) => name === 'wait for approval');
    expect(waits.map(({ parentSpanId }) => parentSpanId)).toStrictEqual([calls[1]?.spanId]);
    const traceOf = (event: string) => server.audit().find((line) => line.event === event)?.trace_id;
    expect([traceOf('approval_requested'), traceOf('approval_used')]).toStrictEqual(
      calls.map(({ traceId }) => traceId),
    );
    expect(spans.find(({ name }) => name === 'tools/call aiven_cmk_list')).toBeDefined();
    for (const { body } of collector.received) expect(body.toString('latin1')).not.toContain(TOKEN);
    await Promise.all([collector.close(), api.close()]);
  });
});
