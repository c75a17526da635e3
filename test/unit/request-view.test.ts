import { describe, expect, it } from 'vitest';
import { callerId, subjectOf } from '../../src/core/caller.ts';
import type { FormState } from '../../src/server/http/approvals/views/decision-forms.ts';
import { requestPage } from '../../src/server/http/approvals/views/request-view.ts';
import { newRecord } from '../fixtures/approval-stores.ts';

/** The page of a request, as somebody sees it who may decide. */
async function render(form: Partial<FormState>, person?: string): Promise<string> {
  const requester = { id: callerId('a-script', undefined, 'hash'), name: 'a-script', ...(person && { person }) };
  const record = { ...newRecord({ requester }), state: 'pending', votes: [] } as const;
  const viewed = { record, mayDecide: true, mayWithdraw: false };
  const page = requestPage(viewed, { nonceOf: () => 'n', isFresh: true, ...form }, { name: 'ann', signOutNonce: 'n' });
  return String(await page);
}

describe('the page of a request', () => {
  it('keeps a reason in the form that it was sent with, and in no other', async () => {
    const text = await render({ error: 'e', reasons: { approve: 'as planned' } });
    const reasons = text.matchAll(/<textarea id="reason-(\w+)"[^>]*>([^<]*)/g);
    expect([...reasons].map(([, action, reason]) => [action, reason])).toStrictEqual([
      ['approve', 'as planned'],
      ['decline', ''],
    ]);
  });

  it('names the person to whom a static token belongs, as the issuer does', async () => {
    expect(await render({}, callerId('ann', 'https://issuer.example'))).toContain(', a token of <bdi>ann</bdi>');
    expect(await render({})).not.toContain('a token of');
  });

  it.each(['', 'ann', '"ann"', '["ann"]', '{'])('shows an id of another form as it is: %s', (id) => {
    expect(subjectOf(id)).toBe(id);
  });
});
