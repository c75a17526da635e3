import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOKEN } from '../fixtures/harness.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../fixtures/otlp-receiver.ts';
import { ID, looks } from '../fixtures/scripted-api.ts';
import { SPAWNED, type SpawnStart } from '../fixtures/spawned.ts';
import { apiForSuite } from '../fixtures/suite.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const GONE = '99999999-1234-1234-1234-12345678abcd';
const PARENT = '00f067aa0ba902b7';
const [SERVER, CLIENT] = [2, 3];
const ATTEMPT = 'GET /v1/project/{project}/secrets/cmks/{cmks}';

const api = apiForSuite();

describe.each(SPAWNED)('telemetry over stdio, through $title', ({ title, open }) => {
  let collector: OtlpReceiver;
  beforeAll(async () => {
    collector = await startOtlpReceiver();
  });
  afterAll(() => collector.close());

  const start = (more: SpawnStart = {}) =>
    open({
      ...more,
      env: {
        AIVEN_TOKEN: TOKEN,
        AIVEN_API_ORIGIN: api.origin,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=platform',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
        ...more.env,
      },
    });

  it('joins the client’s trace, passes it on to the API, and holds no argument, result or secret', async () => {
    const scene = api.scene((seen) => (seen.path.endsWith(GONE) ? [404, { message: 'no key here' }] : looks(seen)));
    const { project } = scene;
    const human = () => ({ action: 'accept' as const, content: { cmk_id: ID } });
    const client = await start({ human });
    const _meta = { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'vendor=1' };
    const name = 'aiven_cmk_get';
    await client.sdk.callTool({ name, arguments: { project, cmk_id: ID }, _meta });
    await client.call(name, { project, cmk_id: GONE });
    await client.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID });
    await client.sdk.callTool({ name: 'no_such_tool', arguments: { project } }).catch(() => {});
    const _odd = { traceparent: `00-${TRACE}-${'0'.repeat(16)}-01` };
    await client.sdk.callTool({ name, arguments: { project, cmk_id: ID }, _meta: _odd });
    await client.close();

    const spans = collector.spans();
    const [joined] = spans.filter(({ parentSpanId }) => parentSpanId === PARENT);
    expect(joined).toMatchObject({
      name: `tools/call ${name}`,
      kind: SERVER,
      traceId: TRACE,
      traceState: 'vendor=1',
      status: { code: 0 },
      attributes: {
        'mcp.method.name': 'tools/call',
        'gen_ai.tool.name': name,
        'gen_ai.operation.name': 'execute_tool',
        'mcp.protocol.version': title.slice(-10),
        'network.transport': 'pipe',
        'jsonrpc.request.id': expect.stringMatching(/^\d+$/),
        'aiven_cmk.outcome': 'ok',
      },
    });
    expect(joined?.attributes).not.toHaveProperty('error.type');
    const [attempt] = spans.filter(({ parentSpanId }) => parentSpanId === joined?.spanId);
    expect(attempt).toMatchObject({
      name: ATTEMPT,
      kind: CLIENT,
      traceId: TRACE,
      attributes: {
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'server.address': '127.0.0.1',
        'server.port': Number(new URL(api.origin).port),
        'url.full': `${api.origin}/v1/project/REDACTED/secrets/cmks/REDACTED`,
      },
    });
    expect(scene.seen[0]?.headers).toMatchObject({
      traceparent: `00-${TRACE}-${attempt?.spanId}-01`,
      tracestate: 'vendor=1',
    });

    const failed = spans.filter(({ status }) => status.code === 2);
    expect(failed.map(({ attributes }) => attributes['error.type']).sort()).toStrictEqual([
      '-32602',
      '404',
      'tool_error',
    ]);
    expect(failed.find(({ name: each }) => each.startsWith('tools/call aiven'))?.attributes).toMatchObject({
      'aiven_cmk.outcome': 'not_found',
    });
    expect(failed.find(({ name: each }) => each === 'tools/call')?.attributes).not.toHaveProperty('gen_ai.tool.name');
    const calls = spans.filter(({ name: each }) => each.startsWith('tools/call aiven'));
    expect(calls.filter(({ traceId }) => traceId === TRACE)).toHaveLength(1);

    // A client of 2025-11-25 is asked during the call; one of 2026-07-28 gets the form as a result and calls again.
    const deletions = calls.filter(({ name: each }) => each.endsWith('delete'));
    const waits = spans.filter(({ name: each }) => each === 'elicitation/create');
    expect([deletions.length, waits.length]).toStrictEqual(title.includes('1.x') ? [1, 1] : [2, 0]);
    for (const wait of waits) {
      expect(wait).toMatchObject({ kind: CLIENT, parentSpanId: deletions[0]?.spanId, traceId: deletions[0]?.traceId });
    }

    const lines = client.audit();
    const traceOf = new Map<unknown, string>(
      calls.map(({ attributes, traceId }) => [attributes['aiven_cmk.call_id'], traceId]),
    );
    expect(lines.filter(({ event }) => event === 'intent')).toHaveLength(1);
    for (const { call_id, trace_id } of lines) expect(trace_id).toBe(traceOf.get(call_id));

    const metrics = collector.metrics();
    const [operations] = metrics.filter(({ name: each }) => each === 'mcp.server.operation.duration');
    expect(operations?.unit).toBe('s');
    const points = operations?.histogram.dataPoints ?? [];
    expect(points[0]?.explicitBounds).toStrictEqual([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300]);
    const found = points.filter(({ attributes }) => attributes['gen_ai.tool.name'] === name);
    expect(found.map(({ count, attributes }) => [count, attributes['error.type']])).toStrictEqual([
      [2, undefined],
      [1, 'tool_error'],
    ]);
    expect(metrics.map(({ name: each }) => each)).toContain('http.client.request.duration');
    expect(JSON.stringify(metrics)).not.toContain('call_id');

    for (const resource of collector.resources()) {
      expect(resource).toMatchObject({ 'service.name': 'aiven-cmk-mcp', 'deployment.environment.name': 'test' });
    }
    for (const { headers } of collector.received) expect(headers['x-tenant']).toBe('platform');
    const exported = collector.received.map(({ body }) => body.toString('latin1')).join('\n');
    for (const secret of [TOKEN, project, ID, GONE, 'no key here', 'no_such_tool', 'arn:aws']) {
      expect(exported).not.toContain(secret);
    }
  });
});

describe('a collector that fails', () => {
  it('stops nothing, and is reported in one line', async () => {
    const collector = await startOtlpReceiver(400);
    const { project } = api.scene(looks);
    const env = {
      AIVEN_TOKEN: TOKEN,
      AIVEN_API_ORIGIN: api.origin,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
      OTEL_BSP_SCHEDULE_DELAY: '1',
    };
    const [, modern] = SPAWNED;
    const client = await modern?.open({ env });
    for (let count = 0; count < 3; count += 1) {
      expect(await client?.call('aiven_cmk_get', { project, cmk_id: ID })).toMatchObject({ isError: false });
      await expect.poll(() => collector.received.length).toBeGreaterThan(count);
    }
    await client?.close();
    expect(client?.stderr().match(/^aiven-cmk-mcp: telemetry could not be exported: .*$/gm)).toHaveLength(1);
    await collector.close();
  });
});
