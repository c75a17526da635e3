/** Maximum number of times that a read is tried. */
export const READ_TRIES = 3;

/** Statuses after which a read is tried again. */
export const RETRIED_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** Maximum wait requested by the API that is observed, in milliseconds; a longer one is reported to the caller. */
export const LONGEST_WAIT_MS = 10_000;

/** Base of the waits between tries where the API requests none, in milliseconds. */
export const RETRY_BASE_MS = 300;

/**
 * Returns the wait that the API requests, in milliseconds: `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), or the
 * "try again in 28s" of the message of Aiven's rate limit.
 */
export function requestedWait(headers: Headers, text: string): number | undefined {
  const header = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  if (/ GMT$/.test(header) && !Number.isNaN(Date.parse(header))) return Math.max(0, Date.parse(header) - Date.now());
  const seconds = /try again in (\d{1,9}) ?s/.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}

/** Returns the wait before a retry, in milliseconds: the base, doubled with each retry, times 0.5 to 1.5. */
export function backOff(baseMs: number, retry: number): number {
  return baseMs * 2 ** (retry - 1) * (0.5 + Math.random());
}
