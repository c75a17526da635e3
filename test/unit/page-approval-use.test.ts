import { beforeEach, describe, expect, it } from 'vitest';
import { signVote } from '../../src/guard/approval/votes.ts';
import { newVote } from '../fixtures/approval-stores.ts';
import { createPageGate, type PageGate, REQUEST, VOTE_KEY } from '../fixtures/page-gate.ts';

let page: PageGate;
beforeEach(() => {
  page = createPageGate();
});
const approve: PageGate['call'] = (...args) => page.call(...args);
const failed: PageGate['failed'] = (...args) => page.failed(...args);
const requested: PageGate['requested'] = (...args) => page.requested(...args);

describe('an approval', () => {
  const invalid = {
    code: 'approval_unavailable',
    message: 'The stored approval does not count under the keys and rules of this deployment.',
    hint: expect.stringMatching(/signing key or the rules/),
    retryable: false,
  };

  it('of somebody who can write to the store does not count', async () => {
    const record = await requested();
    await page.approve(record, 'bob', new Uint8Array(32));
    expect(await failed()).toMatchObject(invalid);
    expect(page.journal.events()).not.toContain('approval_used');
  });

  it.each([{ plan: 'other' }, { requester: { id: 'eve', name: 'Eve', client: 'x/1' } }])(
    'of another write does not count where the store puts it in the place of this one: %o',
    async (other) => {
      const { store } = page;
      const record = { ...(await requested()), ...other };
      const votes = [signVote(VOTE_KEY, record, newVote('bob'))];
      store.changed = async () => {};
      store.get = async () => ({ ...record, votes, state: 'approved' });
      store.consume = async () => ({ kind: 'done', record: { ...record, votes, state: 'used' } });
      expect(await failed()).toMatchObject(invalid);
      expect(page.journal.events()).not.toContain('approval_used');
    },
  );

  it.each([{ who: 'self', needed: 2 } as const, { who: 'other', needed: 1 } as const])(
    'given under an older rule counts under the one of now: %o',
    async (rule) => {
      const record = await requested();
      await page.approve(record, 'ann');
      const strict = createPageGate({ store: page.store, rule });
      expect(await strict.failed()).toMatchObject(invalid);
    },
  );

  it('given under a stricter rule takes all who were needed then', async () => {
    page = createPageGate({ rule: { who: 'self', needed: 2 } });
    const record = await requested();
    await page.approve(record, 'bob', new Uint8Array(32));
    await page.approve(record, 'carol');
    const loose = createPageGate({ store: page.store });
    expect(await loose.failed()).toMatchObject(invalid);
  });

  it('takes what the page takes where a policy takes nobody’s, however many people it names', async () => {
    const { rule } = await requested({ access: { digest: 'd', approval: { who: 'none', needed: 3 } } });
    expect(rule).toStrictEqual({ who: 'self', needed: 1 });
  });

  it('is spent where its use cannot be recorded', async () => {
    const record = await requested();
    await page.approve(record);
    page.journal.unwritable = 'approval_used';
    await expect(approve()).rejects.toThrow('No space is left.');
    expect((await page.store.get(record.id))?.state).toBe('used');
  });

  it('is used by one of many calls, and lost where the store lost it', async () => {
    await page.approve(await requested());
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => approve({ deadline: Date.now() })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const codes = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    expect(codes).toContain('approval_used');
    const { store } = page;
    await store.close((await store.list())[0]?.id ?? '', 'withdrawn');
    await page.approve(await requested());
    store.consume = async () => ({ kind: 'refused', why: 'not_found' });
    expect(await failed()).toMatchObject({ code: 'approval_used', message: 'The approval is gone.' });
  });
});

describe('a client’s person who does not want to decide', () => {
  it.each(['decline', 'cancel'])('withdraws the request with %s, whatever its facts were', async (action) => {
    const record = await requested();
    await page.approve(record);
    const reply = { ticket: 'x', response: { action, content: {} } };
    const no = () => failed({ traceId: 'trace-1' }, { reply }, { ...REQUEST, details: { Status: 'old' } });
    const error = { code: 'approval_withdrawn', message: 'The client’s person did not want to decide about cmk-1.' };
    expect(await no()).toMatchObject(error);
    expect(page.journal.events()).toStrictEqual(['approval_requested', 'approval_withdrawn']);
    expect(page.journal.lines.at(-1)).toMatchObject({ id: record.id, details: { traceId: 'trace-1' } });
    expect(await page.store.get(record.id)).toMatchObject({ state: 'withdrawn' });
    expect(await no()).toMatchObject(error);
    expect(page.journal.events()).toStrictEqual(['approval_requested', 'approval_withdrawn']);
    expect(page.journal.news).toStrictEqual(['approval_requested', 'approval_withdrawn']);
  });

  it('withdraws nothing of another caller, and nothing where nothing was asked for', async () => {
    const { id } = await requested();
    const reply = { ticket: id, response: { action: 'decline', content: {} } };
    const eve = { requester: { id: 'eve', name: 'Ann', client: 'x/1' } };
    expect((await failed(eve, { reply })).code).toBe('approval_withdrawn');
    expect((await page.store.get(id))?.state).toBe('pending');
  });
});
