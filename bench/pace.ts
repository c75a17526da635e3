import { pool } from './clients.ts';
import { median } from './table.ts';

/** So many calls, so many at a time. */
export interface Work {
  readonly calls: number;
  readonly inFlight: number;
}

/** How long a call took in the middle, and how many there were per second. */
export interface Pace {
  readonly p50Ms: number;
  readonly perSecond: number;
}

/** Does the work by making one call over and over. */
export async function pace({ calls, inFlight }: Work, call: () => Promise<unknown>): Promise<Pace> {
  const times: number[] = [];
  const started = performance.now();
  await pool(calls, inFlight, async () => {
    const before = performance.now();
    await call();
    times.push(performance.now() - before);
  });
  return { p50Ms: median(times), perSecond: (calls * 1_000) / (performance.now() - started) };
}
