import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApprovalStore } from '../../src/guard/approval/store.ts';
import { approved, create, leaves, memoryKind, newVote, valkeyKind } from '../fixtures/approval-stores.ts';

describe.each([
  ['in memory', memoryKind()],
  ['in Valkey', valkeyKind()],
])('transitions %s', (_title, kind) => {
  let store: ApprovalStore;
  let other: ApprovalStore;
  beforeAll(() => kind.start());
  afterAll(() => kind.stop());
  beforeEach(() => {
    [store, other] = kind.open();
  });
  const refused = (why: string) => ({ kind: 'refused', why });

  describe('vote', () => {
    it('approves with one approval, usable for the time that is given, and keeps the vote as it is', async () => {
      const { id } = await create(store);
      const vote = newVote('alice', { mac: 'Zm9v+/==é', reason: 'line\nbreak "quoted" \u202e', acr: 'x' });
      const { acr: _, ...withoutAcr } = vote;
      const before = Date.now();
      const outcome = await store.vote(id, vote, 60_000);
      expect(outcome).toMatchObject({ kind: 'done', record: { state: 'approved', votes: [vote] } });
      const { usableUntil = 0 } = (await other.get(id)) ?? {};
      expect(Math.abs(usableUntil - before - 60_000)).toBeLessThan(10_000);
      const { id: second } = await create(store);
      await store.vote(second, withoutAcr, 60_000);
      expect((await other.get(second))?.votes).toStrictEqual([withoutAcr]);
    });

    it('takes as many distinct people as are needed, the requester among them under self', async () => {
      const { id } = await create(store, { rule: { needed: 3 } });
      expect(await store.vote(id, newVote('alice'), 60_000)).toMatchObject({
        kind: 'done',
        record: { state: 'pending' },
      });
      expect(await other.vote(id, newVote('bob'), 60_000)).toMatchObject({
        kind: 'done',
        record: { state: 'pending' },
      });
      expect(await other.vote(id, newVote('bob'), 60_000)).toMatchObject(refused('has_voted'));
      expect(await store.vote(id, newVote('alice', { decision: 'decline' }), 60_000)).toMatchObject(
        refused('has_voted'),
      );
      const last = await store.vote(id, newVote('carol'), 60_000);
      expect(last).toMatchObject({ kind: 'done', record: { state: 'approved' } });
      const people = (await other.get(id))?.votes.map(({ person }) => person);
      expect(people).toStrictEqual(['alice', 'bob', 'carol']);
    });

    it.each(['approve', 'decline'] as const)(
      'to %s is not for the requester and its person under other',
      async (decision) => {
        const { id } = await create(store, { requester: { person: 'amelia' }, rule: { who: 'other' } });
        for (const person of ['alice', 'amelia']) {
          expect(await other.vote(id, newVote(person, { decision }), 60_000)).toMatchObject(refused('is_requester'));
        }
        expect(await store.get(id)).toMatchObject({ state: 'pending', votes: [] });
        expect(await other.vote(id, newVote('bob'), 60_000)).toMatchObject({ kind: 'done' });
      },
    );

    it('ends the record with one decline, also after approvals', async () => {
      const { id, plan } = await create(store, { rule: { needed: 2 } });
      await store.vote(id, newVote('bob'), 60_000);
      const outcome = await other.vote(id, newVote('carol', { decision: 'decline', reason: 'no' }), 60_000);
      expect(outcome).toMatchObject({ kind: 'done', record: { state: 'declined' } });
      expect(await store.vote(id, newVote('dave'), 60_000)).toMatchObject(refused('wrong_state'));
      expect(await store.consume(id, plan, 'call')).toMatchObject(refused('wrong_state'));
      expect((await store.get(id))?.votes.map(({ person }) => person)).toStrictEqual(['bob', 'carol']);
    });

    it('counts a person once who votes many times at once', async () => {
      const { id } = await create(store, { rule: { needed: 2 } });
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, at) => (at % 2 ? store : other).vote(id, newVote('bob'), 60_000)),
      );
      expect(outcomes.filter(({ kind }) => kind === 'done')).toHaveLength(1);
      expect(await store.get(id)).toMatchObject({ state: 'pending', votes: [{ person: 'bob' }] });
    });

    it('refuses an unknown id', async () => {
      expect(await store.vote('unknown', newVote('bob'), 60_000)).toStrictEqual(refused('not_found'));
    });
  });

  describe('close', () => {
    it.each(['withdrawn', 'stale'] as const)('ends a pending and an approved record as %s, once', async (state) => {
      for (const { id, plan } of [await create(store), await approved(store)]) {
        expect(await other.close(id, state)).toMatchObject({ kind: 'done', record: { state } });
        expect(await store.close(id, 'stale')).toMatchObject({ ...refused('wrong_state'), record: { state } });
        expect(await store.vote(id, newVote('carol'), 60_000)).toMatchObject(refused('wrong_state'));
        expect(await store.consume(id, plan, 'call')).toMatchObject(refused('wrong_state'));
      }
      expect(await store.close('unknown', state)).toStrictEqual(refused('not_found'));
    });
  });

  describe('consume', () => {
    it('has one winner of 200 at once', async () => {
      const { id, plan } = await approved(store);
      const outcomes = await Promise.all(
        Array.from({ length: 200 }, (_, at) => (at % 2 ? store : other).consume(id, plan, `call-${at}`)),
      );
      const winner = outcomes.findIndex(({ kind }) => kind === 'done');
      expect(outcomes.filter(({ kind }) => kind === 'done')).toHaveLength(1);
      expect(outcomes.filter((each) => each.kind === 'refused' && each.why === 'wrong_state')).toHaveLength(199);
      expect(await other.get(id)).toMatchObject({ state: 'used', usedBy: `call-${winner}` });
    });

    it('refuses another plan, what is pending and what is unknown, and changes nothing', async () => {
      const { id, plan } = await approved(store);
      expect(await other.consume(id, `${plan}x`, 'call')).toMatchObject(refused('wrong_state'));
      expect(await other.consume(id, plan, 'call')).toMatchObject({ kind: 'done' });
      const pending = await create(store);
      expect(await store.consume(pending.id, pending.plan, 'call')).toMatchObject(refused('wrong_state'));
      expect(await store.consume('unknown', plan, 'call')).toStrictEqual(refused('not_found'));
    });
  });

  describe('when the time is over', () => {
    it('a pending record is expired and takes no vote', async () => {
      const { id, plan } = await create(store, { lifetimeMs: 300 });
      expect(await leaves(other, id, 'pending')).toBe('expired');
      const record = { state: 'expired', votes: [] };
      expect(await store.vote(id, newVote('bob'), 60_000)).toMatchObject({ ...refused('wrong_state'), record });
      expect(await store.close(id, 'withdrawn')).toMatchObject(refused('wrong_state'));
      expect(await store.find('alice', plan)).toMatchObject(record);
      expect(await store.list()).toMatchObject([record]);
      expect((await create(store, { plan })).id).not.toBe(id);
    });

    it('an approval cannot be used, though the request could have been pending for longer', async () => {
      const { id, plan } = await approved(store, {}, 300);
      expect(await leaves(other, id, 'approved')).toBe('expired');
      expect(await store.consume(id, plan, 'call')).toMatchObject({
        ...refused('wrong_state'),
        record: { state: 'expired' },
      });
      await create(store, { plan });
    });

    it('an approval is usable for longer than the request could have been pending', async () => {
      const first = await approved(store, { lifetimeMs: 1_000 });
      const { id } = await create(store, { lifetimeMs: 1_000 });
      await leaves(store, id, 'pending');
      expect(await other.consume(first.id, first.plan, 'call')).toMatchObject({ kind: 'done' });
    });
  });
});
