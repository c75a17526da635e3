import { describe, expect, it } from 'vitest';
import { readCommand } from '../../src/app/config/config.ts';
import { createFailureLog } from '../../src/telemetry/otel/failure-log.ts';
import { readTraceContext } from '../../src/telemetry/trace-context.ts';

const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const collector = { [ENDPOINT]: 'http://collector:4318' };

async function read(env: Record<string, string>, args = ['--sandbox']) {
  const command = await readCommand(args, env);
  return 'config' in command ? command.config.telemetry : undefined;
}

describe('the variables of OpenTelemetry', () => {
  const target = (url: string) => ({ url, protocol: 'http/protobuf' });
  const metrics = { ...target('http://collector:4318/v1/metrics'), intervalMs: 60_000 };
  const traces = target('http://collector:4318/v1/traces');

  it.each<[string, Record<string, string>, object | undefined]>([
    ['no collector', { OTEL_SERVICE_NAME: 'x', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, undefined],
    ['an empty endpoint', { [ENDPOINT]: '' }, undefined],
    ['a collector for all', collector, { traces, metrics }],
    ['a path', { [ENDPOINT]: 'https://c.example/otlp/' }, { traces: target('https://c.example/otlp/v1/traces') }],
    [
      'one for traces alone, as it is',
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:1/x' },
      { traces: target('http://c:1/x'), metrics: undefined },
    ],
    ['no traces', { ...collector, OTEL_TRACES_EXPORTER: 'none' }, { traces: undefined, metrics }],
    ['nothing', { ...collector, OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' }, undefined],
    ['no telemetry, whatever else', { [ENDPOINT]: 'x', OTEL_SDK_DISABLED: 'TRUE' }, undefined],
    [
      'another protocol for a signal',
      {
        ...collector,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
        OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json',
        OTEL_TRACES_EXPORTER: 'none',
      },
      { metrics: { protocol: 'http/json' } },
    ],
    ['an interval', { ...collector, OTEL_METRIC_EXPORT_INTERVAL: '5000' }, { metrics: { intervalMs: 5_000 } }],
  ])('set %s', async (_what, env, settings) => {
    const found = await read(env);
    if (settings) expect(found).toMatchObject(settings);
    else expect(found).toBeUndefined();
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', /http\/protobuf or http\/json.*OTEL_SDK_DISABLED=true/],
    [ENDPOINT, 'collector:4318', /takes http:\/\/HOST:PORT/],
    [ENDPOINT, 'http://user:pass@collector', /is no address/],
    ['OTEL_TRACES_EXPORTER', 'console', /otlp or none/],
    ['OTEL_TRACES_SAMPLER', 'jaeger_remote', /traceidratio/],
    ['OTEL_METRIC_EXPORT_INTERVAL', '1m', /whole number of milliseconds/],
    ['OTEL_SDK_DISABLED', 'yes', /true or false/],
  ])('refuse %s=%s', async (name, value, message) => {
    await expect(read({ ...collector, [name]: value })).rejects.toThrow(message);
  });

  it('refuse a share that is none, only where the sampler takes one', async () => {
    const env = { ...collector, OTEL_TRACES_SAMPLER_ARG: '2' };
    await expect(read({ ...env, OTEL_TRACES_SAMPLER: 'traceidratio' })).rejects.toThrow(/share from 0 to 1/);
    expect(await read({ ...env, OTEL_TRACES_SAMPLER: 'always_on' })).toMatchObject({ traces });
  });

  it('refuse the Aiven token, which would be sent to the collector', async () => {
    const env = {
      ...collector,
      AIVEN_TOKEN: 'test-token-Zm9vYmFy',
      OTEL_EXPORTER_OTLP_HEADERS: 'x=test-token-Zm9vYmFy',
    };
    const error = await read(env, []).catch(String);
    expect(error).toMatch(/OTEL_EXPORTER_OTLP_HEADERS/);
    expect(error).not.toContain('Zm9vYmFy');
  });
});

describe('a trace context', () => {
  const [trace, span] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];

  it.each([
    [`00-${trace}-${span}-01`, 1],
    [`00-${trace}-${span}-00`, 0],
    [`cc-${trace}-${span}-01-what-comes-later`, 1],
  ])('is read from %s', (text, flags) => {
    expect(readTraceContext(text)).toStrictEqual({ traceId: trace, spanId: span, flags });
  });

  it.each([
    undefined,
    7,
    '',
    ` 00-${trace}-${span}-01`,
    `00-${trace}-${span}-01\n`,
    `00-${trace}-${span}-01, 00-${trace}-${span}-01`,
    `00-${trace}-${span}-01-more`,
    `ff-${trace}-${span}-01`,
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `01-${trace}-${span}-01-${'x'.repeat(512)}`,
  ])('is not read from %j', (text) => {
    expect(readTraceContext(text)).toBeUndefined();
  });

  it('has no state where that is not a text, or too long', () => {
    for (const state of [7, 'a='.padEnd(513, 'x')]) {
      expect(readTraceContext(`00-${trace}-${span}-01`, state)).not.toHaveProperty('state');
    }
  });
});

describe('failures to export', () => {
  it('are logged once a minute, with the number of those between', () => {
    const lines: string[] = [];
    let now = 0;
    const report = createFailureLog(
      (line) => lines.push(line),
      () => now,
    );
    report(new AggregateError([new Error('refused\nby peer')]));
    report('a');
    now = 59_999;
    report('b');
    now = 60_000;
    report([new Error('c')]);
    expect(lines).toStrictEqual([
      'telemetry could not be exported: refused by peer',
      'telemetry could not be exported: c (2 more since the last line)',
    ]);
  });
});
