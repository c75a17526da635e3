import { EventEmitter, once } from 'node:events';
import { type ApprovalRecord, type ApprovalState, endOf, isOpen, type Vote } from './record.ts';
import {
  type ApprovalStore,
  COOL_DOWN_MS,
  KEPT_MS,
  LISTED_MAX,
  type NewRecord,
  PENDING_MAX,
  RECORDS_MAX,
  type RequestOutcome,
  type Transition,
} from './store.ts';

/** Keeps requests for approval in this process. Each method runs without interruption up to its end, so it is one step. */
export class MemoryStore implements ApprovalStore {
  readonly #records = new Map<string, ApprovalRecord>();
  /** When the cool-down after a decline ends, by requester and plan. */
  readonly #coolDowns = new Map<string, number>();
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #recordsMax: number;

  /** `recordsMax` is the maximum number of records that it keeps. */
  constructor(recordsMax = RECORDS_MAX) {
    this.#recordsMax = recordsMax;
  }

  async request(wanted: NewRecord): Promise<RequestOutcome> {
    this.#sweep();
    const own = [...this.#records.values()].filter(({ requester }) => requester.id === wanted.requester.id);
    const open = own.find((record) => record.operation === wanted.operation && isOpen(record));
    if (open?.plan === wanted.plan) return { kind: 'found', record: open };
    const stale = open && { stale: this.#replace(open, { ...open, state: 'stale' }) };
    const until = this.#coolDowns.get(keyOf(wanted.requester.id, wanted.plan));
    if (until !== undefined) return { kind: 'cooling_down', until, ...stale };
    const pending = own.filter(({ id, state }) => state === 'pending' && id !== open?.id);
    if (pending.length >= PENDING_MAX || this.#records.size >= this.#recordsMax) return { kind: 'too_many', ...stale };
    const record: ApprovalRecord = { ...wanted, state: 'pending', votes: [] };
    this.#records.set(record.id, record);
    return { kind: 'created', record, ...stale };
  }

  async get(id: string): Promise<ApprovalRecord | undefined> {
    this.#sweep();
    return this.#records.get(id);
  }

  async find(requesterId: string, operation: string): Promise<ApprovalRecord | undefined> {
    this.#sweep();
    return [...this.#records.values()].findLast(
      (record) => record.requester.id === requesterId && record.operation === operation,
    );
  }

  async list(): Promise<readonly ApprovalRecord[]> {
    this.#sweep();
    return [...this.#records.values()].reverse().slice(0, LISTED_MAX);
  }

  async vote(id: string, vote: Vote, approvedMs: number): Promise<Transition> {
    return this.#transition(id, ['pending'], (record) => {
      const { rule, requester } = record;
      if (rule.who === 'other' && (vote.person === requester.id || vote.person === requester.person)) {
        return 'is_requester';
      }
      if (record.votes.some(({ person }) => person === vote.person)) return 'has_voted';
      const votes = [...record.votes, vote];
      if (vote.decision === 'decline') {
        this.#coolDowns.set(keyOf(requester.id, record.plan), Date.now() + COOL_DOWN_MS);
        return { ...record, votes, state: 'declined' };
      }
      if (votes.length < rule.needed) return { ...record, votes };
      return { ...record, votes, state: 'approved', usableUntil: Date.now() + approvedMs };
    });
  }

  async close(id: string, state: 'withdrawn' | 'stale'): Promise<Transition> {
    return this.#transition(id, ['pending', 'approved'], (record) => ({ ...record, state }));
  }

  async consume(id: string, plan: string, callId: string): Promise<Transition> {
    return this.#transition(id, ['approved'], (record) =>
      record.plan === plan ? { ...record, state: 'used', usedBy: callId } : 'wrong_state',
    );
  }

  async changed(id: string, state: ApprovalState, milliseconds: number, signal: AbortSignal): Promise<void> {
    this.#sweep();
    const record = this.#records.get(id); // Without waiting: a change between this look and the next line would be missed.
    if (record?.state !== state) return;
    const ends = Math.max(0, endOf(record) - Date.now());
    const timeout = AbortSignal.timeout(Math.ceil(Math.min(milliseconds, ends))); // Takes no fraction.
    await once(this.#changes, id, { signal: AbortSignal.any([signal, timeout]) }).catch(() => {}); // The time is over.
  }

  async check(): Promise<void> {}

  #transition(
    id: string,
    from: readonly ApprovalState[],
    change: (record: ApprovalRecord) => ApprovalRecord | 'wrong_state' | 'is_requester' | 'has_voted',
  ): Transition {
    this.#sweep();
    const record = this.#records.get(id);
    if (!record) return { kind: 'refused', why: 'not_found' };
    const next = from.includes(record.state) ? change(record) : 'wrong_state';
    if (typeof next === 'string') return { kind: 'refused', why: next, record };
    return { kind: 'done', record: this.#replace(record, next) };
  }

  /** Puts a record in the place of what it was, and wakes those that wait for another state. */
  #replace(before: ApprovalRecord, next: ApprovalRecord): ApprovalRecord {
    this.#records.set(next.id, next);
    if (next.state !== before.state) this.#changes.emit(next.id);
    return next;
  }

  /** Ends what is out of time, and forgets what was kept long enough. */
  #sweep(): void {
    const now = Date.now();
    for (const [id, record] of this.#records) {
      const end = endOf(record);
      if (isOpen(record) && end <= now) this.#records.set(id, { ...record, state: 'expired' });
      if (end + KEPT_MS <= now) this.#records.delete(id);
    }
    for (const [key, until] of this.#coolDowns) if (until <= now) this.#coolDowns.delete(key);
  }
}

function keyOf(requesterId: string, plan: string): string {
  return `${requesterId}\0${plan}`;
}
