import { createNoopMeter, DiagLogLevel, diag, ProxyTracerProvider } from '@opentelemetry/api';
import { setGlobalErrorHandler } from '@opentelemetry/core';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import packageJson from '../../../package.json' with { type: 'json' };
import { within } from '../../core/within.ts';
import type { Tracer } from '../tracer.ts';
import { createMetricExporter, createSpanExporter } from './exporters.ts';
import { createFailureLog } from './failure-log.ts';
import { OtelTracer } from './otel-tracer.ts';
import type { TelemetrySettings } from './settings.ts';

const { name, version } = packageJson;

/** Starts OpenTelemetry. Failures to export are logged once in a while, and stop nothing. */
export function openTracer({ traces, metrics }: TelemetrySettings, log: (line: string) => void): Tracer {
  const onFailure = createFailureLog(log);
  setGlobalErrorHandler(onFailure);
  const report = (message: string) => onFailure(message);
  const silent = () => {};
  const logger = { error: report, warn: report, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const resource = createResource();
  const spans =
    traces &&
    new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(createSpanExporter(traces))] });
  const meters =
    metrics &&
    new MeterProvider({
      resource,
      readers: [
        new PeriodicExportingMetricReader({
          exporter: createMetricExporter(metrics),
          exportIntervalMillis: metrics.intervalMs,
        }),
      ],
    });
  const tracer = (spans ?? new ProxyTracerProvider()).getTracer(name, version);
  const meter = meters?.getMeter(name, version) ?? createNoopMeter();
  return new OtelTracer(tracer, meter, async (milliseconds) => {
    const closed = Promise.allSettled([spans?.shutdown(), meters?.shutdown()]).then((results) => {
      for (const result of results) if (result.status === 'rejected') onFailure(result.reason);
    });
    await within(milliseconds, closed);
  });
}

/** Returns what identifies this process. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` take precedence. */
function createResource() {
  const own = { 'service.name': name, 'service.version': version, 'service.instance.id': crypto.randomUUID() };
  return defaultResource()
    .merge(resourceFromAttributes(own))
    .merge(detectResources({ detectors: [envDetector] }));
}
