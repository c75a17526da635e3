import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CmkError } from '../../src/core/errors.ts';
import { FormApproval } from '../../src/guard/approval/form-approval.ts';
import { type ApprovalRequest, FormRequired } from '../../src/guard/approval/request.ts';

const KEY = new Uint8Array(32).fill(1);
const REQUEST: ApprovalRequest = {
  summary: 'Delete it?',
  project: 'p',
  target: 'id-1',
  targetType: 'CMK',
  details: { Status: 'old' },
};
const accept = { action: 'accept', content: { cmk_id: 'id-1' } };

/** By whom, about what and under which policy a form is answered; as it was put unless set. */
interface Answered {
  readonly callerId?: string;
  readonly request?: ApprovalRequest;
  readonly policy?: string | undefined;
}

/** How an approval ends: with the ticket of a form, the code and message of a refusal, or `approved`. */
async function outcomeOf(approval: Promise<void>): Promise<{ ticket?: string; code?: string; message?: string }> {
  try {
    await approval;
  } catch (thrown) {
    if (thrown instanceof FormRequired) return { ticket: thrown.ticket };
    const { code, message } = thrown as CmkError; // Nothing else is thrown.
    return { code, message };
  }
  return { code: 'approved' };
}

describe('an approval by a form', () => {
  let forms: FormApproval;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_100 });
    forms = new FormApproval(KEY, 10_000);
  });
  afterEach(() => void vi.useRealTimers());

  const ask = async (callerId = 'ann', request = REQUEST, policy?: string) =>
    (await outcomeOf(forms.approve(request, { callerId, policy }))).ticket ?? '';
  const answer = (ticket: unknown, { callerId = 'ann', request = REQUEST, policy }: Answered = {}) =>
    outcomeOf(forms.approve(request, { callerId, policy, reply: { ticket, response: accept } }));

  it('counts for who was asked, about what was asked, once', async () => {
    const ticket = await ask();
    expect(await answer(ticket)).toStrictEqual({ code: 'approved' });
    const message = 'The response about id-1 was used before.';
    expect(await answer(ticket)).toStrictEqual({ code: 'approval_used', message });
  });

  it.each([
    ['another caller', { callerId: 'bob' }],
    ['another key', { request: { ...REQUEST, target: 'id-2' } }],
    ['another project', { request: { ...REQUEST, project: 'q' } }],
    ['another type of target', { request: { ...REQUEST, targetType: 'service' as const } }],
  ])('does not count for %s', async (_case, changes) => {
    const message = expect.stringMatching(/^The response does not belong to the form about id-[12]\.$/);
    expect(await answer(await ask(), changes)).toStrictEqual({ code: 'approval_unasked', message });
  });

  it.each([
    ['details', { request: { ...REQUEST, details: { Status: 'current' } } }],
    ['summary', { request: { ...REQUEST, summary: 'Delete it, although?' } }],
    ['policy', { policy: 'q' }],
    ['policy, of which there is none any more,', { policy: undefined }],
  ])('is stale once the %s is another, and spent then', async (_case, changes) => {
    const ticket = await ask('ann', REQUEST, 'p');
    const message = 'The details of id-1 have changed since the person was asked.';
    expect(await answer(ticket, { policy: 'p', ...changes })).toStrictEqual({ code: 'approval_stale', message });
    expect((await answer(ticket, { policy: 'p' })).code).toBe('approval_used');
  });

  it('counts until its time is over, and cannot be repeated up to the very end of it', async () => {
    const [late, repeated] = [await ask(), await ask()];
    expect((await answer(repeated)).code).toBe('approved');
    vi.setSystemTime(Date.now() + 10_700); // Expiry is rounded up to a second.
    expect((await answer(repeated)).code).toBe('approval_used');
    vi.setSystemTime(Date.now() + 1_000);
    expect(await answer(late)).toMatchObject({ code: 'approval_timed_out', message: 'The response arrived too late.' });
  });

  it.each([
    [undefined, 'The response has no ticket of a form.'],
    [null, 'The response has no ticket of a form.'],
    [7, 'The response has no ticket of a form.'],
    ['', 'The response belongs to no form of this server.'],
    ['x', 'The response belongs to no form of this server.'],
    ['a.b.c', 'The response belongs to no form of this server.'],
  ])('takes no ticket %j', async (ticket, message) => {
    expect(await answer(ticket)).toStrictEqual({ code: 'approval_unasked', message });
  });

  it('takes no ticket that is signed in another way, with another key, or lacks an expiry or an id', async () => {
    const ticket = await ask();
    const payload = JSON.parse(Buffer.from(ticket.split('.')[1] ?? '', 'base64url').toString());
    const sign = (claims: object, alg = 'HS256', key = KEY) =>
      new SignJWT({ ...claims }).setProtectedHeader({ alg }).sign(key);
    expect((await answer(await sign(payload))).code).toBe('approved');
    const wide = new Uint8Array(64).fill(1);
    const forged = [
      await sign({ ...payload, jti: 'x' }, 'HS512', wide),
      await sign({ ...payload, jti: 'x' }, 'HS256', new Uint8Array(32)),
      await sign({ ...payload, jti: 'x', exp: undefined }),
      await sign({ ...payload, jti: undefined }),
      await sign({ ...payload, jti: 'x', sub: 'bob' }),
    ];
    for (const each of forged) expect((await answer(each)).code).toBe('approval_unasked');
  });

  it('remembers for a day who was asked about a write, whatever its details', async () => {
    await ask();
    const changed = { ...REQUEST, details: {} };
    expect(forms.wasAsked(changed, 'ann')).toBe(true);
    expect(forms.wasAsked(REQUEST, 'bob')).toBe(false);
    expect(forms.wasAsked({ ...REQUEST, target: 'id-2' }, 'ann')).toBe(false);
    vi.setSystemTime(Date.now() + 24 * 3_600_000 - 1);
    expect(forms.wasAsked(REQUEST, 'ann')).toBe(true);
    vi.setSystemTime(Date.now() + 1);
    expect(forms.wasAsked(REQUEST, 'ann')).toBe(false);
  });

  it('asks nobody and approves nothing once its memory is full', async () => {
    forms = new FormApproval(KEY, 10_000, 1);
    const [first, second] = [await ask(), await ask()];
    const full = { code: 'approval_unavailable', message: expect.stringContaining('too many') };
    expect(await outcomeOf(forms.approve({ ...REQUEST, target: 'id-2' }, { callerId: 'ann' }))).toStrictEqual(full);
    expect((await answer(first)).code).toBe('approved');
    expect(await answer(second)).toStrictEqual(full);
  });
});
