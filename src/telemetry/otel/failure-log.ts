import { sanitize } from '../../core/sanitize.ts';

/** Minimum time between two lines, in milliseconds. */
const PAUSE_MS = 60_000;

/**
 * Returns a function that logs a failure to export, at most one a minute: a collector that is away fails every few seconds.
 * A line states how many were left out before it.
 */
export function createFailureLog(log: (line: string) => void, now: () => number = Date.now): (error: unknown) => void {
  let last = Number.NEGATIVE_INFINITY;
  let suppressed = 0;
  return (error) => {
    if (now() - last < PAUSE_MS) {
      suppressed += 1;
      return;
    }
    const more = suppressed > 0 ? ` (${suppressed} more since the last line)` : '';
    log(`telemetry could not be exported: ${sanitize(reasonOf(error))}${more}`);
    last = now();
    suppressed = 0;
  };
}

/** Returns the first message in an error, in its causes or in those that it collects. */
function reasonOf(error: unknown): string {
  if (Array.isArray(error)) return reasonOf(error[0]);
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
