import { beforeEach, describe, expect, it } from 'vitest';
import { Decisions, type Person, REASON_MAX } from '../../src/guard/approval/decisions.ts';
import { MemoryStore } from '../../src/guard/approval/memory-store.ts';
import { shownDigestOf } from '../../src/guard/approval/plan.ts';
import type { ApprovalRecord } from '../../src/guard/approval/record.ts';
import { validApprovals } from '../../src/guard/approval/votes.ts';
import { create } from '../fixtures/approval-stores.ts';
import { KeptJournal, VOTE_KEY } from '../fixtures/page-gate.ts';
import { type Choice, type Voters, votersOf } from '../fixtures/voters.ts';

const person = (id: string, scopes: readonly string[] = ['cmk:approve']): Person => ({
  id,
  name: id,
  scopes,
  authTime: 7,
});
const ALICE = person('alice', []);
const AMELIA = person('amelia', []);
const BOB = person('bob');
const CAROL = person('carol');
const EVE = person('eve', ['cmk:read', 'cmk:delete']);
const YES: Choice = { decision: 'approve', confirm: 'cmk-1', reason: 'planned' };
const NO: Choice = { decision: 'decline', confirm: '', reason: 'no' };

let store: MemoryStore;
let journal: KeptJournal;
let plan: string | undefined;
let decisions: Voters;
/** The same, for a page that shows something else. */
let bare: Decisions;
/** What happens while the facts of a request are read for a vote. */
let meanwhileReading: () => Promise<unknown>;
beforeEach(() => {
  store = new MemoryStore();
  journal = new KeptJournal();
  plan = 'a';
  meanwhileReading = async () => {};
  const replan = async () => {
    await meanwhileReading();
    return plan;
  };
  bare = new Decisions({ store, voteKey: VOTE_KEY, approvedMs: 60_000, journal, replan });
  decisions = votersOf(bare);
});
/** A request of `alice`, a script of `amelia`. */
const ask = (wanted: Parameters<typeof create>[1] = {}) =>
  create(store, { plan: 'a', requester: { person: 'amelia' }, ...wanted });
const stateOf = async ({ id }: ApprovalRecord) => (await store.get(id))?.state;
const refused = (code: string, message: string | RegExp) => ({
  code,
  message: typeof message === 'string' ? message : expect.stringMatching(message),
});
const NOT_FOUND = refused('not_found', 'There is no such request, or you may not see it.');

describe('a request', () => {
  it('is seen by who asked, by whose script asked, and by approvers', async () => {
    const record = await ask();
    const seen = async (who: Person) => [await decisions.get(record.id, who), ...(await decisions.list(who))];
    for (const who of [ALICE, AMELIA]) {
      const view = { record, mayDecide: true, mayWithdraw: true };
      expect(await seen(who)).toStrictEqual([view, view]);
    }
    expect(await seen(BOB)).toMatchObject(Array(2).fill({ mayDecide: true, mayWithdraw: false }));
    expect(await seen(EVE)).toStrictEqual([undefined]);
    expect(await decisions.get('unknown', BOB)).toBeUndefined();
  });

  it('is decided by others alone where its rule says so', async () => {
    const { id } = await ask({ rule: { who: 'other' } });
    for (const who of [ALICE, AMELIA]) {
      expect(await decisions.get(id, who)).toMatchObject({ mayDecide: false, mayWithdraw: true });
      const error = refused('approval_unavailable', 'This request takes the decision of somebody else.');
      await expect(decisions.vote(id, { ...who, scopes: ['cmk:approve'] }, YES)).rejects.toMatchObject(error);
    }
    expect(await decisions.get(id, BOB)).toMatchObject({ mayDecide: true });
    expect(journal.lines).toStrictEqual([]);
  });

  it.each<[string, (record: ApprovalRecord) => ApprovalRecord]>([
    ['another target', (record) => ({ ...record, target: 'cmk-2' })],
    ['another summary', (record) => ({ ...record, summary: 'Keep it' })],
    ['other details', (record) => ({ ...record, details: { Status: 'old' } })],
    ['another caller', (record) => ({ ...record, requester: { ...record.requester, name: 'bob' } })],
    ['another client', (record) => ({ ...record, requester: { ...record.requester, client: 'x' } })],
    ['another number of people', (record) => ({ ...record, rule: { ...record.rule, needed: 5 } })],
    ['another request', (record) => ({ ...record, id: 'other' })],
  ])('is not approved by who was shown %s', async (_case, change) => {
    const record = await ask();
    const stale = refused('approval_stale', 'The stored request is not what this page showed. Nothing was done.');
    for (const shown of [shownDigestOf(change(record)), '']) {
      await expect(bare.vote(record.id, BOB, { ...YES, shown })).rejects.toMatchObject(stale);
    }
    expect([await stateOf(record), journal.lines]).toStrictEqual(['pending', []]);
  });

  it('that was approved can be withdrawn by who asked, and one that is over cannot', async () => {
    const record = await ask();
    await decisions.vote(record.id, BOB, YES);
    expect(await decisions.get(record.id, AMELIA)).toMatchObject({ mayDecide: false, mayWithdraw: true });
    await expect(decisions.withdraw(record.id, BOB)).rejects.toMatchObject(NOT_FOUND);
    await expect(decisions.withdraw('unknown', AMELIA)).rejects.toMatchObject(NOT_FOUND);
    expect(await decisions.withdraw(record.id, AMELIA)).toMatchObject({ state: 'withdrawn' });
    expect(await decisions.get(record.id, AMELIA)).toMatchObject({ mayDecide: false, mayWithdraw: false });
    await expect(decisions.withdraw(record.id, AMELIA)).rejects.toMatchObject(NOT_FOUND);
    expect(journal.events()).toStrictEqual(['approval_vote', 'approval_withdrawn']);
    expect(journal.news).toStrictEqual(['approval_approved', 'approval_withdrawn']);
  });

  it('that ends while it is withdrawn is not', async () => {
    const { id } = await ask();
    const both = await Promise.allSettled([decisions.withdraw(id, ALICE), decisions.withdraw(id, ALICE)]);
    expect(both.map(({ status }) => status)).toStrictEqual(['fulfilled', 'rejected']);
    const error = refused('approval_unavailable', 'This request takes no decision any more.');
    expect(both[1]).toMatchObject({ reason: error });
    expect(journal.events()).toStrictEqual(['approval_withdrawn']);
  });
});

describe('a vote', () => {
  it('is recorded, signed and kept, and told once it is the last that is needed', async () => {
    const record = await ask({ rule: { needed: 2 } });
    const first = await decisions.vote(record.id, { ...BOB, acr: 'mfa' }, { ...YES, confirm: ' cmk-1\n' });
    expect([first.state, journal.news]).toStrictEqual(['pending', []]);
    const vote = { person: 'bob', name: 'bob', decision: 'approve', reason: 'planned', authTime: 7, acr: 'mfa' };
    expect(first.votes).toMatchObject([vote]);
    expect(Math.abs((first.votes[0]?.at ?? 0) - Date.now())).toBeLessThan(10_000);
    expect(validApprovals(VOTE_KEY, first, first.rule)).toHaveLength(1);
    expect(journal.lines).toMatchObject([{ event: 'approval_vote', details: { vote } }]);
    expect(journal.lines[0]?.details?.vote).not.toHaveProperty('mac');
    expect(await decisions.get(record.id, BOB)).toMatchObject({ mayDecide: false });
    const again = refused('approval_unavailable', 'You decided about this request before.');
    await expect(decisions.vote(record.id, BOB, NO)).rejects.toMatchObject(again);
    const last = await decisions.vote(record.id, CAROL, YES);
    expect(last.state).toBe('approved');
    expect(last.votes[1]).not.toHaveProperty('acr');
    expect(journal.news).toStrictEqual(['approval_approved']);
    const over = refused('approval_unavailable', 'This request is approved and takes no decision any more.');
    await expect(decisions.vote(record.id, ALICE, YES)).rejects.toMatchObject(over);
  });

  it('to decline takes no id and no facts, ends the request, and leaves a line of both', async () => {
    const record = await ask({ rule: { needed: 2 } });
    plan = 'b';
    const { state, votes } = await decisions.vote(record.id, BOB, { ...NO, reason: 'x'.repeat(REASON_MAX + 1) });
    expect([state, votes[0]?.reason.length]).toStrictEqual(['declined', REASON_MAX]);
    expect(journal.events()).toStrictEqual(['approval_vote', 'approval_declined']);
    expect(journal.news).toStrictEqual(['approval_declined']);
  });

  it.each(['', 'cmk-2', 'CMK-1', 'cmk-1 x'])('to approve takes the target, not %j', async (confirm) => {
    const record = await ask();
    const error = refused('approval_wrong_id', 'What was typed is not cmk-1.');
    await expect(decisions.vote(record.id, BOB, { ...YES, confirm })).rejects.toMatchObject(error);
    expect([await stateOf(record), journal.lines]).toStrictEqual(['pending', []]);
  });

  it('of somebody who may not see the request is not taken', async () => {
    const record = await ask();
    for (const ballot of [YES, NO]) {
      await expect(decisions.vote(record.id, EVE, ballot)).rejects.toMatchObject(NOT_FOUND);
    }
    expect([await stateOf(record), journal.lines]).toStrictEqual(['pending', []]);
  });

  it('does not count without a line', async () => {
    const record = await ask();
    journal.unwritable = 'approval_vote';
    await expect(decisions.vote(record.id, BOB, YES)).rejects.toThrow('No space is left.');
    expect(await store.get(record.id)).toMatchObject({ state: 'pending', votes: [] });
  });

  it.each(['b', undefined])('on facts that have changed (plan %s) ends the request', async (now) => {
    const record = await ask();
    plan = now;
    const error = refused('approval_stale', 'What this page showed about cmk-1 has changed; the request ended.');
    await expect(decisions.vote(record.id, BOB, YES)).rejects.toMatchObject(error);
    expect(await stateOf(record)).toBe('stale');
    expect(journal.events()).toStrictEqual(['approval_stale']);
    expect(journal.news).toStrictEqual(['approval_stale']);
  });

  it('on facts that have changed records no end that somebody else brought about', async () => {
    const record = await ask();
    plan = 'b';
    meanwhileReading = () => store.close(record.id, 'withdrawn');
    await expect(decisions.vote(record.id, BOB, YES)).rejects.toMatchObject({ code: 'approval_stale' });
    expect([journal.lines, journal.news]).toStrictEqual([[], []]);
  });

  it.each<[string, string, (record: ApprovalRecord) => Promise<unknown>]>([
    ['twice at the same time', 'You decided about this request before.', ({ id }) => decisions.vote(id, BOB, YES)],
    ['as it ends', 'This request takes no decision any more.', ({ id }) => store.close(id, 'withdrawn')],
    [
      'as the store loses it',
      'There is no such request any more.',
      async () => {
        store.vote = async () => ({ kind: 'refused', why: 'not_found' });
      },
    ],
    [
      'and not taken from this person by the store',
      'This request takes the decision of somebody else.',
      async () => {
        store.vote = async () => ({ kind: 'refused', why: 'is_requester' });
      },
    ],
  ])('that is sent %s counts once at most', async (_case, message, meanwhile) => {
    const record = await ask({ rule: { needed: 2 } });
    meanwhileReading = async () => {
      meanwhileReading = async () => {};
      await meanwhile(record);
    };
    await expect(decisions.vote(record.id, BOB, YES)).rejects.toMatchObject(refused('approval_unavailable', message));
    expect((await store.get(record.id))?.votes.length).toBeLessThanOrEqual(1);
  });
});
