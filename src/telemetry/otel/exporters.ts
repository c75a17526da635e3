import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { SignalTarget } from './settings.ts';

/** Creates the exporter of spans. It retries an export for 10 s (`OTEL_EXPORTER_OTLP_TIMEOUT`) and connects directly. */
export function createSpanExporter({ url, protocol }: SignalTarget): SpanExporter {
  return protocol === 'http/json' ? new JsonTraceExporter({ url }) : new OTLPTraceExporter({ url });
}

/** Creates the exporter of metrics, which does the same. */
export function createMetricExporter({ url, protocol }: SignalTarget): PushMetricExporter {
  return protocol === 'http/json' ? new JsonMetricExporter({ url }) : new OTLPMetricExporter({ url });
}
