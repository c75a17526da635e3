import type { InFlight } from '../../calls/in-flight.ts';
import { within } from '../../core/within.ts';
import { type AppDependencies, createApp, type ServerFactory } from './app.ts';
import { type Listener, listen } from './listen.ts';
import { createMetricsApp } from './metrics-app.ts';
import type { HttpSettings } from './settings.ts';

/** Maximum time for requests in progress to end when the server closes, in milliseconds; writes may take longer. */
export const DRAIN_MS = 10_000;

/** Maximum time to send the last responses after their calls have ended, in milliseconds. */
const SEND_MS = 1_000;

/** Maximum number of connections for metrics. */
const METRICS_CONNECTIONS = 64;

/** The dependencies of the endpoint. */
export interface EndpointDependencies extends AppDependencies {
  readonly inFlight: InFlight;
}

/** An endpoint that accepts requests. */
export interface Endpoint {
  /** The origin of `/mcp`. */
  readonly origin: string;
  /** The origin of `/metrics`; undefined if it is not served. */
  readonly metricsOrigin: string | undefined;
  /** Accepts no more requests. Resolves when those in progress have ended or their time is up. Writes are never interrupted. */
  close(): Promise<void>;
}

/** Serves the MCP servers of a factory over HTTP. @throws CmkError `invalid_settings` for an address that cannot be used. */
export async function startEndpoint(
  factory: ServerFactory,
  dependencies: EndpointDependencies,
  settings: HttpSettings,
): Promise<Endpoint> {
  const { inFlight, log } = dependencies;
  let stopping = false;
  const app = createApp(factory, dependencies, settings, () => stopping);
  const metrics = await listenForMetrics(dependencies, settings);
  const main = await listen(app.fetch, {
    flag: '--http',
    address: settings.http,
    timeoutMs: settings.httpTimeoutMs,
    connections: settings.httpConnections,
    connectionsVariable: 'AIVEN_CMK_HTTP_CONNECTIONS',
    log,
  }).catch(async (error) => {
    await closeNow(metrics);
    throw error;
  });
  if (metrics) log(`metrics on ${metrics.origin}/metrics`);
  log(`listening on ${main.origin}/mcp`);
  return {
    origin: main.origin,
    metricsOrigin: metrics?.origin,
    async close() {
      stopping = true;
      const drained = main.drain();
      await within(DRAIN_MS, drained);
      await inFlight.writesDone();
      // After its write, a call may still read back, respond and write its audit record.
      await within(DRAIN_MS, drained, inFlight.callsDone());
      await within(SEND_MS, drained);
      main.destroy();
      await Promise.all([drained, closeNow(metrics)]);
    },
  };
}

async function listenForMetrics(
  { metrics, log }: AppDependencies,
  settings: HttpSettings,
): Promise<Listener | undefined> {
  if (!metrics || !settings.metrics) return undefined;
  return listen(createMetricsApp(metrics, settings).fetch, {
    flag: '--metrics',
    address: settings.metrics,
    timeoutMs: settings.httpTimeoutMs,
    connections: METRICS_CONNECTIONS,
    log,
  });
}

async function closeNow(listener: Listener | undefined): Promise<void> {
  const drained = listener?.drain();
  listener?.destroy();
  await drained;
}
