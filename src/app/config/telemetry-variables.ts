import type { Environment } from './invalid-setting.ts';

/** Variables of OpenTelemetry, of which the endpoints decide whether anything is exported. */
export const TELEMETRY_VARIABLES = {
  OTEL_EXPORTER_OTLP_ENDPOINT:
    'collector for traces and metrics (OTLP over HTTP), such as http://localhost:4318; other OTEL_ variables apply',
} as const;

/** Whether a collector is set, for all signals or for one. */
export function hasCollector(environment: Environment): boolean {
  return ['ENDPOINT', 'TRACES_ENDPOINT', 'METRICS_ENDPOINT'].some((name) => environment[`OTEL_EXPORTER_OTLP_${name}`]);
}
