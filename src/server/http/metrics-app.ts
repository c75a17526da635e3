import { Hono } from 'hono';
import type { Metrics } from '../../telemetry/metrics.ts';
import { hostCheck } from './host-check.ts';
import { remember } from './remember.ts';
import type { HttpSettings } from './settings.ts';

/** How long the text is cached, in milliseconds: creating it takes processor time. */
const TEXT_MS = 1_000;

/** Creates the route for Prometheus. It is served on a separate port, because it has no sign-in. */
export function createMetricsApp(metrics: Metrics, settings: HttpSettings): Hono {
  const text = remember(() => metrics.text(), TEXT_MS);
  const app = new Hono();
  app.use(hostCheck(settings));
  app.get('/metrics', async () => {
    const { body, contentType } = await text();
    return new Response(body, { headers: { 'content-type': contentType } });
  });
  return app;
}
