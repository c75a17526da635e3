import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ApprovalRecord, ApprovalRule, Vote } from './record.ts';

/** What a vote is signed over beside itself: it counts for one request of one caller, one plan and one rule. */
type Subject = Pick<ApprovalRecord, 'id' | 'plan' | 'requester' | 'rule'>;

/** Signs a vote (HMAC-SHA256). */
export function signVote(key: Uint8Array, subject: Subject, vote: Omit<Vote, 'mac'>): Vote {
  return { ...vote, mac: macOf(key, subject, vote).toString('base64url') };
}

/**
 * Returns the approvals of a record that were signed with the key and count under both the rule of the record and the rule of
 * now, one for each person: a store, and whoever can write to it, cannot add any.
 */
export function validApprovals(key: Uint8Array, record: ApprovalRecord, now: ApprovalRule): readonly Vote[] {
  const valid = record.votes.filter((vote) => vote.decision === 'approve' && isSigned(key, record, vote));
  const { requester } = record;
  const others = record.rule.who === 'other' || now.who === 'other';
  const allowed = valid.filter(({ person }) => !others || (person !== requester.id && person !== requester.person));
  return [...new Map(allowed.map((vote) => [vote.person, vote])).values()];
}

function isSigned(key: Uint8Array, subject: Subject, vote: Vote): boolean {
  const wanted = macOf(key, subject, vote);
  const given = Buffer.from(vote.mac, 'base64url');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function macOf(key: Uint8Array, { id, plan, requester, rule }: Subject, vote: Omit<Vote, 'mac'>): Buffer {
  const { person, name, decision, reason, at, authTime, acr = null } = vote;
  const subject = [id, plan, requester.id, requester.person ?? null, rule.who, rule.needed];
  return createHmac('sha256', key)
    .update(JSON.stringify([...subject, person, name, decision, reason, at, authTime, acr]))
    .digest();
}
