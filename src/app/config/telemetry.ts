// Loaded only where an OTLP endpoint is set: a start without one has nothing to check.
import { OTLP_PROTOCOLS, type OtlpProtocol, type TelemetrySettings } from '../../telemetry/otel/settings.ts';
import { type Environment, invalidSetting, quote } from './invalid-setting.ts';

const OTLP = 'OTEL_EXPORTER_OTLP';

/** The values of `OTEL_TRACES_SAMPLER`. */
const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
];

/** Milliseconds between exports of metrics unless set, and the maximum. */
const [INTERVAL_MS, INTERVAL_MAX_MS] = [60_000, 3_600_000];

/** What to do where a variable is meant for another program of the same environment. */
const ELSE = 'OTEL_SDK_DISABLED=true switches telemetry off here';

/**
 * Returns where telemetry is exported to; undefined if nothing is. A variable that is empty counts as not set (OpenTelemetry,
 * "Environment variable specification"). @throws CmkError `invalid_settings` for a value that would be misunderstood.
 */
export function readTelemetry(environment: Environment): TelemetrySettings | undefined {
  if (isDisabled(environment)) return undefined;
  const traces = readTarget(environment, 'TRACES');
  const metrics = readTarget(environment, 'METRICS');
  if (!traces && !metrics) return undefined;
  if (traces) checkSampler(environment);
  return { traces, metrics: metrics && { ...metrics, intervalMs: readInterval(environment) } };
}

function isDisabled({ OTEL_SDK_DISABLED: value = '' }: Environment): boolean {
  if (/^(?:true|false|)$/i.test(value)) return value.toLowerCase() === 'true';
  throw invalidSetting('OTEL_SDK_DISABLED', `is ${quote(value)}`, 'it takes true or false');
}

function readTarget(environment: Environment, signal: 'TRACES' | 'METRICS') {
  const exporter = environment[`OTEL_${signal}_EXPORTER`] || 'otlp';
  if (exporter === 'none') return undefined;
  const [own, base] = [environment[`${OTLP}_${signal}_ENDPOINT`], environment[`${OTLP}_ENDPOINT`]];
  if (!own && !base) return undefined;
  if (exporter !== 'otlp') {
    throw invalidSetting(`OTEL_${signal}_EXPORTER`, `is ${quote(exporter)}`, `it takes otlp or none; ${ELSE}`);
  }
  const protocol = readProtocol(environment, signal);
  if (own) return { url: readEndpoint(`${OTLP}_${signal}_ENDPOINT`, own).href, protocol };
  const url = readEndpoint(`${OTLP}_ENDPOINT`, base ?? '');
  return { url: `${url.href.replace(/\/$/, '')}/v1/${signal.toLowerCase()}`, protocol };
}

function readProtocol(environment: Environment, signal: string): OtlpProtocol {
  const own = `${OTLP}_${signal}_PROTOCOL`;
  const name = environment[own] ? own : `${OTLP}_PROTOCOL`;
  const given = environment[name] || 'http/protobuf';
  const protocol = OTLP_PROTOCOLS.find((known) => known === given);
  if (protocol) return protocol;
  throw invalidSetting(
    name,
    `is ${quote(given)}`,
    `it takes ${OTLP_PROTOCOLS.join(' or ')}, usually at port 4318; ${ELSE}`,
  );
}

function readEndpoint(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash) return url;
  throw invalidSetting(
    name,
    'is no address of a collector',
    `it takes http://HOST:PORT or https://… without user and query; ${ELSE}`,
  );
}

function checkSampler({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: share }: Environment): void {
  if (!sampler) return;
  if (!SAMPLERS.includes(sampler)) {
    throw invalidSetting('OTEL_TRACES_SAMPLER', `is ${quote(sampler)}`, `it takes ${SAMPLERS.join(', ')}`);
  }
  if (!sampler.endsWith('traceidratio') || !share) return;
  if (!/^\d(?:\.\d{1,9})?$/.test(share) || Number(share) > 1) {
    throw invalidSetting('OTEL_TRACES_SAMPLER_ARG', `is ${quote(share)}`, 'it takes a share from 0 to 1');
  }
}

function readInterval({ OTEL_METRIC_EXPORT_INTERVAL: text }: Environment): number {
  if (!text) return INTERVAL_MS;
  const interval = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (interval >= 100 && interval <= INTERVAL_MAX_MS) return interval;
  const accepts = `it takes a whole number of milliseconds from 100 to ${INTERVAL_MAX_MS}`;
  throw invalidSetting('OTEL_METRIC_EXPORT_INTERVAL', `is ${quote(text)}`, accepts);
}
