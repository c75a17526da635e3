import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApprovalRecord } from '../../src/guard/approval/record.ts';
import { type ApprovalStore, COOL_DOWN_MS, LISTED_MAX, PENDING_MAX } from '../../src/guard/approval/store.ts';
import { approved, create, leaves, memoryKind, newRecord, newVote, valkeyKind } from '../fixtures/approval-stores.ts';

const timesOf = ({ createdAt, expiresAt }: ApprovalRecord) => ({ createdAt, expiresAt });

describe.each([
  ['in memory', memoryKind()],
  ['in Valkey', valkeyKind()],
])('requests for approval %s', (_title, kind) => {
  let store: ApprovalStore;
  let other: ApprovalStore;
  beforeAll(() => kind.start());
  afterAll(() => kind.stop());
  beforeEach(() => {
    [store, other] = kind.open();
  });

  describe('request', () => {
    it('stores a pending record without votes, as it was given, which each replica reads', async () => {
      const wanted = newRecord({ requester: { person: 'amelia' }, rule: { who: 'other', needed: 2 } });
      const outcome = await store.request(wanted);
      const record = {
        ...wanted,
        state: 'pending',
        votes: [],
        ...(outcome.kind === 'created' && timesOf(outcome.record)),
      };
      expect(outcome).toStrictEqual({ kind: 'created', record });
      const { createdAt, expiresAt } = record;
      expect(expiresAt - createdAt).toBe(wanted.expiresAt - wanted.createdAt);
      expect(Math.abs(createdAt - wanted.createdAt)).toBeLessThan(10_000);
      expect(await other.get(record.id)).toStrictEqual(record);
      expect(await other.find('alice', record.plan)).toStrictEqual(record);
    });

    it('finds the open record of the same requester and plan, pending and approved, and no other', async () => {
      const record = await create(store);
      expect(await other.request(newRecord(record))).toStrictEqual({ kind: 'found', record });
      await store.vote(record.id, newVote('bob'), 60_000);
      expect(await other.request(newRecord(record))).toMatchObject({ kind: 'found', record: { state: 'approved' } });
      expect(await store.request(newRecord({ ...record, plan: 'another' }))).toMatchObject({ kind: 'created' });
      expect(await store.request(newRecord({ plan: record.plan, requester: { id: 'eve' } }))).toMatchObject({
        kind: 'created',
      });
    });

    it('takes another one for the plan when the last is used or withdrawn, and finds the newest', async () => {
      const first = await approved(store);
      await store.consume(first.id, first.plan, 'call-1');
      const second = await create(other, { plan: first.plan });
      expect(second.id).not.toBe(first.id);
      await store.close(second.id, 'withdrawn');
      const third = await create(store, { plan: first.plan });
      expect((await other.find('alice', first.plan))?.id).toBe(third.id);
      expect((await other.get(first.id))?.state).toBe('used');
    });

    it(`takes ${PENDING_MAX} pending ones of a caller, and again one when one of them is decided`, async () => {
      const records = [];
      for (let count = 0; count < PENDING_MAX; count += 1) records.push(await create(store));
      expect(await other.request(newRecord())).toStrictEqual({ kind: 'too_many' });
      expect(await other.request(newRecord({ requester: { id: 'carol' } }))).toMatchObject({ kind: 'created' });
      await store.vote(records[0]?.id ?? '', newVote('bob'), 60_000);
      await create(other);
      expect(await store.request(newRecord())).toStrictEqual({ kind: 'too_many' });
      await store.close(records[1]?.id ?? '', 'withdrawn');
      await create(other);
    });

    it('counts no pending one whose time is over', async () => {
      const records = [];
      for (let count = 0; count < PENDING_MAX; count += 1) records.push(await create(store, { lifetimeMs: 300 }));
      for (const { id } of records) expect(await leaves(store, id, 'pending')).toBe('expired');
      await create(other);
    });

    it('refuses a declined plan of a caller for a while, and no other', async () => {
      const { id, plan } = await create(store);
      await store.vote(id, newVote('bob', { decision: 'decline' }), 60_000);
      const outcome = await other.request(newRecord({ plan }));
      expect(outcome.kind).toBe('cooling_down');
      const rest = outcome.kind === 'cooling_down' ? outcome.until - Date.now() : 0;
      expect(rest).toBeGreaterThan(COOL_DOWN_MS - 60_000);
      expect(rest).toBeLessThan(COOL_DOWN_MS + 1_000);
      await create(store);
      await create(store, { plan, requester: { id: 'carol' } });
    });

    it('makes one record of requests at the same time', async () => {
      const plan = 'one';
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, at) => (at % 2 ? store : other).request(newRecord({ plan }))),
      );
      expect(outcomes.filter(({ kind }) => kind === 'created')).toHaveLength(1);
      expect(new Set(outcomes.map((outcome) => ('record' in outcome ? outcome.record.id : '')))).toHaveLength(1);
    });
  });

  describe('get, find and list', () => {
    it('know nothing of what was never stored', async () => {
      expect(await store.get('')).toBeUndefined();
      expect(await store.get('x}:*\n')).toBeUndefined();
      expect(await store.find('alice', 'nothing')).toBeUndefined();
      expect(await store.list()).toStrictEqual([]);
    });

    it('find the newest record of a caller beyond the length of the list', async () => {
      const record = await create(store, { requester: { id: 'first' } });
      for (let count = 0; count <= LISTED_MAX; count += 1) await create(store, { requester: { id: `${count}` } });
      const listed = await other.list();
      expect(listed.map(({ requester }) => requester.id)).toStrictEqual(
        Array.from({ length: LISTED_MAX }, (_, at) => `${LISTED_MAX - at}`),
      );
      expect(await other.find('first', record.plan)).toStrictEqual(record);
    });
  });

  describe('changed', () => {
    it('resolves when another replica decides', async () => {
      const { id } = await create(store);
      const changed = store.changed(id, 'pending', 600_000, new AbortController().signal);
      await other.vote(id, newVote('bob'), 60_000);
      await changed;
      expect((await store.get(id))?.state).toBe('approved');
    });

    it('resolves when the state is another one already, when nothing is there, and when it is given no time', async () => {
      const { id } = await create(store);
      const { signal } = new AbortController();
      await store.changed(id, 'approved', 600_000, signal);
      await store.changed('unknown', 'pending', 600_000, signal);
      await store.changed(id, 'pending', 0, signal);
    });

    it('resolves when it is aborted, before or meanwhile, and leaves nothing behind', async () => {
      const { id } = await create(store);
      await store.changed(id, 'pending', 600_000, AbortSignal.abort());
      const abort = new AbortController();
      const waiting = Array.from({ length: 50 }, () => store.changed(id, 'pending', 600_000, abort.signal));
      abort.abort();
      await Promise.all(waiting);
    });
  });

  it('works', async () => {
    await store.check();
  });
});
