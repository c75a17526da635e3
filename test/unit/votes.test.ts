import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/guard/approval/memory-store.ts';
import { PageApproval } from '../../src/guard/approval/page-approval.ts';
import type { ApprovalRecord, Vote } from '../../src/guard/approval/record.ts';
import { signVote, validApprovals } from '../../src/guard/approval/votes.ts';
import { newRecord } from '../fixtures/approval-stores.ts';

const KEY = new Uint8Array(32).fill(1);
const RULE = { who: 'self', needed: 1 } as const;
const VOTE = { person: 'bob', name: 'Bob', decision: 'approve', reason: 'r', at: 1, authTime: 1, acr: 'mfa' } as const;
const record: ApprovalRecord = { ...newRecord({ requester: { person: 'ann' } }), state: 'approved', votes: [] };
const count = (votes: readonly Vote[], about = record, rule: ApprovalRecord['rule'] = RULE) =>
  validApprovals(KEY, { ...about, votes }, rule).length;

describe('the votes of a stored request', () => {
  const signed = signVote(KEY, record, VOTE);

  it('count as they were signed, once for each person, and never a decline', () => {
    expect(count([signed])).toBe(1);
    expect(count([signed, signVote(KEY, record, { ...VOTE, at: 2 })])).toBe(1);
    expect(count([signVote(KEY, record, { ...VOTE, decision: 'decline' })])).toBe(0);
  });

  it.each<[string, Vote]>([
    ['that another key signed', signVote(new Uint8Array(32), record, VOTE)],
    ['that nobody signed', { ...signed, mac: '' }],
    [
      'of a decline that is called an approval',
      { ...signVote(KEY, record, { ...VOTE, decision: 'decline' }), decision: 'approve' },
    ],
    ['of another person', { ...signed, person: 'carol' }],
    ['of another name', { ...signed, name: 'Carol' }],
    ['of another reason', { ...signed, reason: '' }],
    ['of another time', { ...signed, at: 2 }],
    ['of another sign-in', { ...signed, authTime: 2 }],
    ['of another way to sign in', { ...signed, acr: 'pwd' }],
  ])('do not count %s', (_case, vote) => {
    expect(count([vote])).toBe(0);
  });

  it.each<[string, Partial<ApprovalRecord>]>([
    ['request', { id: 'another' }],
    ['plan', { plan: 'another' }],
    ['caller', { requester: { ...record.requester, id: 'another' } }],
    ['owner of a caller', { requester: { ...record.requester, person: 'another' } }],
    ['rule about who decides', { rule: { ...RULE, who: 'other' } }],
    ['number of people', { rule: { ...RULE, needed: 2 } }],
  ])('do not count for another %s', (_case, change) => {
    expect(count([signed], { ...record, ...change })).toBe(0);
  });

  it.each(['ann', 'alice'])('do not count of %s, who asked, once others have to decide', (person) => {
    const own = signVote(KEY, record, { ...VOTE, person });
    expect(count([own])).toBe(1);
    expect(count([own], record, { who: 'other', needed: 1 })).toBe(0);
  });

  it('let nothing happen where they were written into the store by somebody without the key', async () => {
    const store = new MemoryStore();
    const events: string[] = [];
    const page = new PageApproval({
      store,
      voteKey: KEY,
      rule: RULE,
      urlOf: (id) => id,
      pendingMs: 60_000,
      journal: { record: async (event) => void events.push(event), notify: () => {} },
    });
    const call = {
      tool: 't',
      args: {},
      callId: 'c',
      requester: { id: 'ann', name: 'ann', client: 'x' },
      signal: new AbortController().signal,
      deadline: Date.now() + 60_000,
    };
    const request = { summary: 's', project: 'p', target: 'id-1', targetType: 'CMK', details: {} } as const;
    const approve = () => page.approve(request, call, { supportsUrl: false });
    await expect(approve()).rejects.toMatchObject({ code: 'approval_pending' });
    const [stored] = await store.list();
    if (!stored) throw new Error('Nothing was stored.');
    await store.vote(stored.id, signVote(new Uint8Array(32), stored, VOTE), 60_000);
    expect((await store.get(stored.id))?.state).toBe('approved');
    await expect(approve()).rejects.toMatchObject({ code: 'approval_unavailable' });
    expect(events).toStrictEqual(['approval_requested']);
  });
});
