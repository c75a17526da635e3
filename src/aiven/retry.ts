/** How often a read is tried in all. */
export const READ_TRIES = 3;

/** Statuses after which a read is tried again. */
export const RETRIED_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** The longest wait that the API may ask for and get, in milliseconds; a longer one is reported to the caller. */
export const LONGEST_WAIT_MS = 10_000;

/**
 * How long the API asks to wait, in milliseconds: `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), or the
 * "try again in 28s" that Aiven's rate limit says in its message.
 */
export function requestedWait(headers: Headers, text: string): number | undefined {
  const header = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  if (/ GMT$/.test(header) && !Number.isNaN(Date.parse(header))) return Math.max(0, Date.parse(header) - Date.now());
  const seconds = /try again in (\d{1,9}) ?s/.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}
