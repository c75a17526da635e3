import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import { digestOf, operationOf } from '../../src/guard/approval/plan.ts';
import type { ApprovalRecord, Vote } from '../../src/guard/approval/record.ts';
import { SigningKey } from '../../src/guard/approval/signing-key.ts';
import { signVote, validApprovals } from '../../src/guard/approval/votes.ts';
import { newRecord, newVote } from '../fixtures/approval-stores.ts';

const KEY = new Uint8Array(32).fill(1);
const { mac: _, ...UNSIGNED } = newVote('bob');

function voted(votes: readonly Vote[] = [], given: Partial<ApprovalRecord> = {}): ApprovalRecord {
  return { ...newRecord({ requester: { person: 'amelia' }, plan: 'a' }), state: 'approved', votes, ...given };
}
const valid = (record: ApprovalRecord, rule = record.rule, key = KEY) =>
  validApprovals(key, record, rule).map(({ person }) => person);

describe('a signed vote', () => {
  const record = voted();
  const vote = signVote(KEY, record, UNSIGNED);

  it('counts', () => {
    expect(valid({ ...record, votes: [vote] })).toStrictEqual(['bob']);
    const { acr: _acr, ...without } = UNSIGNED;
    expect(valid({ ...record, votes: [signVote(KEY, record, without)] })).toStrictEqual(['bob']);
  });

  it.each<[string, Partial<ApprovalRecord>]>([
    ['id', { id: 'other' }],
    ['plan', { plan: 'b' }],
    ['requester', { requester: { ...record.requester, id: 'eve' } }],
    ['requester’s person', { requester: { id: 'alice', name: '', client: '' } }],
    ['rule of who', { rule: { who: 'other', needed: 1 } }],
    ['rule of how many', { rule: { who: 'self', needed: 2 } }],
  ])('counts for no record with another %s', (_what, other) => {
    expect(valid({ ...record, votes: [vote], ...other })).toStrictEqual([]);
  });

  it.each<Partial<Vote>>([
    { person: 'carol' },
    { name: 'Bob' },
    { reason: 'x' },
    { at: 1 },
    { authTime: 1 },
    { acr: 'other' },
    { mac: '' },
    { mac: vote.mac.slice(1) },
    { mac: `${vote.mac.slice(0, -2)}AA` },
  ])('with another content does not count: %o', (other) => {
    expect(valid({ ...record, votes: [{ ...vote, ...other }] })).toStrictEqual([]);
  });

  it('is no approval when it declines, or when it is turned into one', () => {
    const declined = signVote(KEY, record, { ...UNSIGNED, decision: 'decline' });
    expect(valid({ ...record, votes: [declined] })).toStrictEqual([]);
    expect(valid({ ...record, votes: [{ ...declined, decision: 'approve' }] })).toStrictEqual([]);
  });

  it('counts once for each person, and under one key', () => {
    const again = signVote(KEY, record, { ...UNSIGNED, reason: 'again' });
    const carol = signVote(KEY, record, { ...UNSIGNED, person: 'carol' });
    expect(valid({ ...record, votes: [vote, again, carol] })).toStrictEqual(['bob', 'carol']);
    expect(valid({ ...record, votes: [vote] }, record.rule, new Uint8Array(32))).toStrictEqual([]);
  });

  it.each(['alice', 'amelia'])('of %s, who asked, counts under self alone, then and now', (person) => {
    const sign = (of: ApprovalRecord) => ({ ...of, votes: [signVote(KEY, of, { ...UNSIGNED, person })] });
    const [self, other] = [{ who: 'self', needed: 1 } as const, { who: 'other', needed: 1 } as const];
    expect(valid(sign(record), self)).toStrictEqual([person]);
    expect(valid(sign(record), other)).toStrictEqual([]);
    expect(valid({ ...record, votes: [vote] }, other)).toStrictEqual(['bob']);
    expect(valid(sign({ ...record, rule: other }), self)).toStrictEqual([]);
  });
});

describe('a digest of a plan', () => {
  const plan = { tool: 't', project: 'p', args: { a: [1, { b: null }], c: true }, details: { d: 'x' } };

  it('does not depend on how it is written', () => {
    const same = { details: { d: 'x' }, args: { c: true, a: [1, { b: null, e: undefined }] }, project: 'p', tool: 't' };
    expect(digestOf(same)).toBe(digestOf(plan));
    const numbers = (args: object) => digestOf({ ...plan, args: { ...args } });
    expect(numbers({ 10: 1, 9: 2, b: 3, a: 4 })).toBe(numbers({ a: 4, b: 3, 9: 2, 10: 1 }));
    // By sha256sum over the canonical text: copies of other versions make the same.
    expect(digestOf(plan)).toBe('5vaikDsIjxIRuKh2EKWzLqEmtd4yWY3yWDqU039o9DM');
  });

  it.each<Partial<typeof plan> | { args: object }>([
    { tool: 'u' },
    { project: 'q' },
    { details: { d: 'y' } },
    { args: { a: [{ b: null }, 1], c: true } },
    { args: { a: [1, { b: 'null' }], c: true } },
    { args: { a: [1, {}], c: true } },
    { args: { a: [1, [['b', null]]], c: 'true' } },
  ])('differs where the plan does: %o', (other) => {
    expect(digestOf({ ...plan, ...other } as typeof plan)).not.toBe(digestOf(plan)); // Some are of another shape.
  });

  it('of an operation is the same whatever the facts are, and of nothing else', () => {
    expect(operationOf({ ...plan, details: {} } as typeof plan)).toBe(operationOf(plan));
    const others = [{ tool: 'u' }, { project: 'q' }, { args: {} }].map((other) => operationOf({ ...plan, ...other }));
    expect(new Set([...others, operationOf(plan), digestOf(plan)]).size).toBe(5);
  });
});

describe('a derived key', () => {
  it('is of one secret, deployment and purpose, and does not change', () => {
    const key = (purpose: 'vote' | 'session', deployment = 'd', secret = 's') =>
      Buffer.from(new SigningKey(new Secret(secret), deployment).derive(purpose)).toString('hex');
    const keys = [key('vote'), key('session'), key('vote', 'e'), key('vote', 'd', 'z')];
    expect(new Set(keys).size).toBe(4);
    // By RFC 5869 over salt, secret and info: replicas of other versions derive the same.
    expect(key('vote')).toBe('15214aaef91ea5a71846759ad42a7ad0eb90e3d0bf01c98038ad7aa421d44c50');
  });

  it('for audit lines is of the secret alone, and does not change: older logs are verified with it', () => {
    const key = Buffer.from(SigningKey.forAudit(new Secret('s'))).toString('hex');
    expect(key).toBe('2b867eff4ee0ca861b0635bfa80fd41e2d3718fda4ce8e2cbe61981df9cfbd0a');
  });
});
