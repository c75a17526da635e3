import { afterEach, describe, expect, it, vi } from 'vitest';
import { MemoryStore } from '../../src/guard/approval/memory-store.ts';
import { COOL_DOWN_MS, KEPT_MS } from '../../src/guard/approval/store.ts';
import { requestCases } from '../fixtures/approval-store-cases.ts';
import { transitionCases } from '../fixtures/approval-store-transitions-cases.ts';
import { create, memoryKind, newRecord, newVote } from '../fixtures/approval-stores.ts';

describe('requests for approval in memory', () => requestCases(memoryKind()));
describe('their transitions in memory', () => transitionCases(memoryKind()));

describe('a store in memory', () => {
  afterEach(() => vi.useRealTimers());

  it('ends a record when its time is over, and keeps it for an hour after that', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 });
    const store = new MemoryStore();
    const { id } = await create(store, { lifetimeMs: 1_000 });
    vi.setSystemTime(999);
    expect((await store.get(id))?.state).toBe('pending');
    for (const now of [1_000, 1_000 + KEPT_MS - 1]) {
      vi.setSystemTime(now);
      expect((await store.get(id))?.state).toBe('expired');
    }
    vi.setSystemTime(1_000 + KEPT_MS);
    expect(await store.get(id)).toBeUndefined();
  });

  it('takes a declined plan again once its time is over', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 });
    const store = new MemoryStore();
    const { id, plan } = await create(store);
    await store.vote(id, newVote('bob', { decision: 'decline' }), 60_000);
    vi.setSystemTime(COOL_DOWN_MS - 1);
    expect(await store.request(newRecord({ plan }))).toStrictEqual({ kind: 'cooling_down', until: COOL_DOWN_MS });
    vi.setSystemTime(COOL_DOWN_MS);
    await create(store, { plan });
  });

  it('takes no more records than it may keep, whoever asks', async () => {
    const store = new MemoryStore(2);
    for (const id of ['one', 'two']) await create(store, { requester: { id } });
    expect(await store.request(newRecord())).toStrictEqual({ kind: 'too_many' });
  });
});
