import { loadavg } from 'node:os';
import { median, number } from './table.ts';

/** Maximum ratio of the median of `node -e 0` to its best run on a quiet machine. */
const QUIET_RATIO = 1.25;

/** Maximum load average over one minute, before the measurements, on a quiet machine. */
const QUIET_LOAD = 0.5;

/** Load average over one minute. Read it before the measurements, which are a load themselves. */
export function loadBefore(): number {
  return loadavg()[0] ?? Number.NaN;
}

/** Returns a warning, with a blank line after it, if a machine is not quiet; otherwise an empty text. Times are of `node -e 0`. */
export function noiseWarning(bareMs: readonly number[], load: number): string {
  const best = Math.min(...bareMs);
  const ratio = median(bareMs) / best;
  if (ratio <= QUIET_RATIO && load <= QUIET_LOAD) return '';
  const times = `\`node -e 0\` took ${number(median(bareMs), 1)} ms, ${number(ratio, 2)} times its best of ${number(best, 1)} ms`;
  return `**This machine is not quiet**: ${times}, and the load average before was ${number(load, 2)}. Measure again before you trust a verdict.\n\n`;
}
