import type { Journal } from './journal.ts';
import { type ApprovalRecord, endOf, isOpen } from './record.ts';
import { type ApprovalStore, KEPT_MS } from './store.ts';

/** Longest time between two reads of a request, in milliseconds: what was decided is let go of by then. */
const READ_MS = 3_600_000;

/** How long after the end of a request it is read, in milliseconds: timers may be early by one. */
const GRACE_MS = 100;

/** How long to wait after a failure, in milliseconds. */
const RETRY_MS = 60_000;

/** What watching takes. */
export interface ExpiryOptions {
  readonly store: ApprovalStore;
  readonly journal: Journal;
  /** Wait before a read or a line that failed is tried again, in milliseconds; a minute unless set. */
  readonly retryMs?: number;
}

/**
 * Records and tells, once, that nobody decided about a request in time, or that nobody used its approval in time. To be called
 * by what created the request. It keeps no process alive, and a request whose process has ended leaves no line. While the store
 * cannot be read or the line cannot be written it tries again, for as long as the request is kept.
 */
export function watchExpiry(created: ApprovalRecord, { store, journal, retryMs = RETRY_MS }: ExpiryOptions): void {
  const offset = created.createdAt - Date.now(); // The times of a record are by the clock of the store.
  let ends = created.expiresAt;
  const rest = () => ends - (Date.now() + offset);
  const schedule = (ms: number) => void setTimeout(() => void read(), ms).unref();
  const scheduleRead = () => schedule(Math.min(Math.max(rest(), 0) + GRACE_MS, READ_MS));

  async function read(): Promise<void> {
    try {
      const record = await store.get(created.id);
      if (record?.state === 'expired') {
        await journal.record('approval_expired', record);
        journal.notify('approval_expired', record);
      } else if (record && isOpen(record)) {
        ends = endOf(record);
        scheduleRead();
      }
    } catch {
      if (rest() + KEPT_MS > 0) schedule(retryMs);
    }
  }
  scheduleRead();
}
