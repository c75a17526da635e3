import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchExpiry } from '../../src/guard/approval/expiry.ts';
import type { Journal } from '../../src/guard/approval/journal.ts';
import { MemoryStore } from '../../src/guard/approval/memory-store.ts';
import type { ApprovalRecord } from '../../src/guard/approval/record.ts';
import { KEPT_MS } from '../../src/guard/approval/store.ts';
import { approved, create, newVote } from '../fixtures/approval-stores.ts';

/** A store that says how often it was read, fails as often as it is told to, and loses a record. */
class WatchedStore extends MemoryStore {
  count = 0;
  failures = 0;
  lost = '';

  override async get(id: string): Promise<ApprovalRecord | undefined> {
    this.count += 1;
    if (this.failures-- > 0) throw new Error('The store is away.');
    return id === this.lost ? undefined : super.get(id);
  }
}

let store: WatchedStore;
let events: string[];
let unwritable: number;
let options: Parameters<typeof watchExpiry>[1];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  store = new WatchedStore();
  events = [];
  unwritable = 0;
  const journal: Journal = {
    async record(event, { id }) {
      if (unwritable-- > 0) throw new Error('No space is left.');
      events.push(`line ${event} ${id}`);
    },
    notify(news, { id }) {
      events.push(`notice ${news} ${id}`);
    },
  };
  options = { store, journal, retryMs: 1 };
});
afterEach(() => vi.useRealTimers());
const both = ({ id }: ApprovalRecord) => [`line approval_expired ${id}`, `notice approval_expired ${id}`];

/** Lets time pass, and all that is due by then happen. */
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a request that is watched', () => {
  it('is told of when nobody decides in time', async () => {
    const record = await create(store, { lifetimeMs: 20 });
    watchExpiry(record, options);
    await pass(1_000);
    expect([events, store.count]).toStrictEqual([both(record), 1]);
  });

  it('is told of when its approval is not used in time, and not before', async () => {
    const record = await approved(store, { lifetimeMs: 20 }, 400);
    watchExpiry(record, options);
    await pass(350);
    expect([events, store.count]).toStrictEqual([[], 1]);
    await pass(1_000);
    expect([events, store.count]).toStrictEqual([both(record), 2]);
  });

  it('is told of when its time is over by the clock of the store, which may be later than it seemed', async () => {
    const { createdAt, ...record } = await create(store, { lifetimeMs: 150 });
    const ahead = 3_600_000;
    watchExpiry({ ...record, createdAt: createdAt + ahead, expiresAt: createdAt + ahead }, options);
    await pass(1_000);
    expect([events, store.count]).toStrictEqual([both({ createdAt, ...record }), 2]);
  });

  it.each<[string, (record: ApprovalRecord) => Promise<unknown>]>([
    ['declined', ({ id }) => store.vote(id, newVote('bob', { decision: 'decline' }), 60_000)],
    ['withdrawn', ({ id }) => store.close(id, 'withdrawn')],
    [
      'used',
      async ({ id, plan }) => {
        await store.vote(id, newVote('bob'), 60_000);
        await store.consume(id, plan, 'call');
      },
    ],
    [
      'lost by the store',
      async (record) => {
        store.lost = record.id;
      },
    ],
  ])('is not told of, nor read again, when it was %s', async (_state, end) => {
    const record = await create(store, { lifetimeMs: 20 });
    watchExpiry(record, options);
    await end(record);
    await pass(1_000);
    expect([events, store.count]).toStrictEqual([[], 1]);
  });

  it('is told of late where the store was away or the line could not be written, and once', async () => {
    store.failures = 2;
    unwritable = 2;
    const record = await create(store, { lifetimeMs: 1 });
    watchExpiry(record, options);
    await pass(1_000);
    expect([events, store.count]).toStrictEqual([both(record), 5]);
  });

  it('is let go of where the store is away for longer than it keeps it', async () => {
    const record = await create(store);
    store.failures = 1;
    watchExpiry({ ...record, expiresAt: record.createdAt - KEPT_MS - 1 }, options);
    await pass(1_000);
    expect([events, store.count]).toStrictEqual([[], 1]);
  });

  it('keeps no process alive', async () => {
    vi.useRealTimers();
    const record = await create(store);
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    watchExpiry(record, options);
    expect(timers()).toBe(before);
  });
});
