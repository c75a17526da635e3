import { pool } from './clients.ts';
import { median } from './table.ts';

/** A number of calls, and how many are in flight at once. */
export interface Work {
  readonly calls: number;
  readonly inFlight: number;
}

/** How many times the calls of a run are made before the first that counts: code is compiled for thousands of calls. */
export const WARM_UP = 5;

/** Median duration of a call, and calls per second. */
export interface Pace {
  readonly p50Ms: number;
  readonly perSecond: number;
}

/** Makes the same call as often as the work says, and returns its pace. */
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
