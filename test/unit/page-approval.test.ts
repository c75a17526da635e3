import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ErrorBody } from '../../src/core/errors.ts';
import type { ApprovalRecord } from '../../src/guard/approval/record.ts';
import { FormRequired } from '../../src/guard/approval/request.ts';
import { COOL_DOWN_MS, PENDING_MAX } from '../../src/guard/approval/store.ts';
import { newVote } from '../fixtures/approval-stores.ts';
import { createPageGate, type PageGate, REQUEST } from '../fixtures/page-gate.ts';

let page: PageGate;
beforeEach(() => {
  page = createPageGate();
});
const approve: PageGate['call'] = (...args) => page.call(...args);
const failed: PageGate['failed'] = (...args) => page.failed(...args);
const requested: PageGate['requested'] = (...args) => page.requested(...args);

/** Makes a repeated call, and does something once it waits; resolves with how the call ended. */
async function whileWaiting(what: () => Promise<unknown>): Promise<ErrorBody> {
  let waits = () => {};
  const waiting = new Promise<void>((resolve) => {
    waits = resolve;
  });
  const messages = new Set<string>();
  const reportProgress = (message: string) => {
    messages.add(message);
    waits();
  };
  const [error] = await Promise.all([failed({ reportProgress }), waiting.then(what)]);
  expect([...messages]).toStrictEqual(['Waiting for a person to decide on the approval page.']);
  return error;
}

describe('a first call', () => {
  it('is pending, and says where a person decides until when', async () => {
    const before = Date.now();
    const { code, message, approval } = await failed();
    expect([code, message]).toStrictEqual([
      'approval_pending',
      `A person has to approve this on https://cmk.example/approvals/${approval?.id} first.`,
    ]);
    expect(approval).toMatchObject({ id: expect.stringMatching(/^[\w-]{22}$/), retry_after_s: 10 });
    const record = await page.store.get(approval?.id ?? '');
    expect(approval?.expires_at).toBe(new Date(record?.expiresAt ?? 0).toISOString());
    expect((record?.expiresAt ?? 0) - before - 60_000).toBeLessThan(5_000);
    expect((record?.expiresAt ?? 0) - before - 60_000).toBeGreaterThanOrEqual(0);
    expect(page.journal.lines).toMatchObject([{ event: 'approval_requested', details: { callId: 'call-1' } }]);
    expect(page.journal.news).toStrictEqual(['approval_requested']);
  });

  it('has the client open the page once, where it can', async () => {
    const form: unknown = await approve({}, { supportsUrl: true }).catch((thrown: unknown) => thrown);
    if (!(form instanceof FormRequired)) throw new Error('The client was asked for nothing.');
    const { id } = await requested({ deadline: Date.now() });
    const url = `https://cmk.example/approvals/${id}`;
    expect(form).toMatchObject({
      form: { url, message: 'Delete a key. Decide about cmk-1 on this page.' },
      ticket: id,
    });
    expect(await failed({ deadline: Date.now() }, { supportsUrl: true })).toMatchObject({ code: 'approval_pending' });
  });

  it('that comes with a reply asks for none', async () => {
    const reply = { ticket: 'x', response: { action: 'accept', content: { cmk_id: 'cmk-1' } } };
    expect(await failed({}, { supportsUrl: true, reply })).toMatchObject({ code: 'approval_pending' });
    const empty = { ticket: 'x', response: undefined };
    const stop = AbortSignal.abort();
    expect(await failed({ signal: stop }, { reply: empty })).toMatchObject({ code: 'approval_pending' });
  });

  it('leaves a line when nobody decides in time', async () => {
    page = createPageGate({ pendingMs: 20 });
    await failed();
    await expect.poll(() => page.journal.events()).toStrictEqual(['approval_requested', 'approval_expired']);
    expect(page.journal.news).toStrictEqual(['approval_requested', 'approval_expired']);
  });

  it('leaves no request where its line cannot be written', async () => {
    page.journal.unwritable = 'approval_requested';
    await expect(approve()).rejects.toThrow('No space is left.');
    expect(await page.store.list()).toMatchObject([{ state: 'withdrawn' }]);
    expect(page.journal.news).toStrictEqual([]);
  });

  it('is refused beyond the requests that a caller may have, and works when one is decided', async () => {
    const other = (at: number) => ({ args: { cmk_id: `${at}` } });
    for (let at = 0; at < PENDING_MAX; at += 1) await requested(other(at));
    expect(await failed()).toMatchObject({
      code: 'approval_unavailable',
      message: 'Too many requests wait for a decision already.',
      hint: expect.stringMatching(/decided or withdrawn/),
      retryable: true,
    });
  });

  it('is told where the end of an earlier request cannot be recorded, and no new one is taken', async () => {
    await page.approve(await requested());
    for (let at = 0; at < PENDING_MAX; at += 1) await requested({ args: { cmk_id: `${at}` } });
    page.journal.unwritable = 'approval_stale';
    await expect(approve({}, {}, { ...REQUEST, details: {} })).rejects.toThrow('No space is left.');
  });
});

describe('a repeated call', () => {
  it('returns who approved, and uses the approval up', async () => {
    const record = await requested();
    await page.approve(record);
    expect(await approve({ callId: 'call-2' })).toStrictEqual(['bob']);
    expect(await page.store.get(record.id)).toMatchObject({ state: 'used', usedBy: 'call-2' });
    expect(page.journal.lines.at(-1)).toMatchObject({
      event: 'approval_used',
      details: { callId: 'call-2', approvals: [{ person: 'bob' }] },
    });
    expect(page.journal.news).toStrictEqual(['approval_requested', 'approval_used']);
    expect(await failed()).toMatchObject({ code: 'approval_pending' });
  });

  it.each<[string, string, (record: ApprovalRecord) => Promise<unknown>]>([
    ['approval_declined', 'A person declined for cmk-1.', ({ id }) => decline(id)],
    ['approval_withdrawn', 'The request about cmk-1 was withdrawn.', ({ id }) => page.store.close(id, 'withdrawn')],
    [
      'approval_stale',
      'What the person was shown about cmk-1 has changed since.',
      ({ id }) => page.store.close(id, 'stale'),
    ],
    [
      'approval_used',
      'The approval about cmk-1 was used before.',
      async (record) => {
        const approved = page.approve(record);
        await page.store.consume(record.id, record.plan, 'another'); // Before the waiting call reads the approval.
        await approved;
      },
    ],
  ])('that waits ends with %s', async (code, message, end) => {
    const record = await requested();
    expect(await whileWaiting(() => end(record))).toMatchObject({ code, message });
  });

  it('that waits ends when the time of the request is over', async () => {
    page = createPageGate({ pendingMs: 300 });
    await requested();
    expect(await failed()).toMatchObject({ code: 'approval_timed_out', message: 'Nobody approved for cmk-1 in time.' });
  });

  it('waits for nine tenths of its time, and ends with its client', async () => {
    await requested();
    const { store } = page;
    const states = new Set<string>();
    const waits: number[] = [];
    const stop = new AbortController();
    store.changed = async (_id, state, ms) => {
      states.add(state);
      waits.push(ms);
      if (waits.length === 2) stop.abort();
    };
    const { code } = await failed({ deadline: Date.now() + 4_000, signal: stop.signal });
    expect([code, waits.length, ...states]).toStrictEqual(['approval_pending', 2, 'pending']);
    for (const wait of waits) expect(wait).toBeLessThanOrEqual(3_600);
    expect((await failed({ deadline: Date.now() + 100 })).code).toBe('approval_pending');
  });

  it('that is out of time waits for nothing', async () => {
    await requested();
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const stop = new AbortController();
    const { code } = await failed({ deadline: Date.now(), signal: stop.signal, reportProgress: () => stop.abort() });
    expect([code, stop.signal.aborted]).toStrictEqual(['approval_pending', false]);
  });

  it('is told where the store has lost the request', async () => {
    await requested();
    const error = await whileWaiting(async () => {
      page.store.get = async () => undefined;
      await page.store.close((await page.store.list())[0]?.id ?? '', 'stale');
    });
    expect(error).toMatchObject({
      code: 'approval_unavailable',
      message: 'The request for approval is not kept any more.',
      hint: expect.stringMatching(/asked anew/),
      retryable: true,
    });
  });

  it('is refused for a while after a decline', async () => {
    const { id } = await requested();
    await decline(id);
    const { code, message } = await failed();
    expect(code).toBe('approval_declined');
    const seconds = Number(
      /^A person declined for cmk-1 just now; nobody is asked again for (\d+) s\.$/.exec(message)?.[1],
    );
    expect(seconds).toBeLessThanOrEqual(COOL_DOWN_MS / 1_000);
    expect(seconds).toBeGreaterThan(COOL_DOWN_MS / 1_000 - 60);
  });

  it('with other facts ends the request for good, and records that', async () => {
    const first = await requested();
    await page.approve(first);
    const changed = { ...REQUEST, details: { Status: 'old' } };
    const second = await failed({ callId: 'call-2' }, {}, changed);
    expect(second.code).toBe('approval_pending');
    expect((await page.store.get(first.id))?.state).toBe('stale');
    expect(page.journal.lines.slice(1)).toMatchObject([
      { event: 'approval_stale', id: first.id, details: { callId: 'call-2' } },
      { event: 'approval_requested', id: second.approval?.id },
    ]);
    expect(page.journal.news).toStrictEqual(['approval_requested', 'approval_stale', 'approval_requested']);
    expect(await failed()).toMatchObject({ code: 'approval_pending' }); // As at first, and asked anew.
    page.journal.unwritable = 'approval_stale';
    await expect(approve({}, {}, changed)).rejects.toThrow('No space is left.');
    expect((await page.store.list())[0]?.state).toBe('withdrawn');
  });
});

async function decline(id: string): Promise<void> {
  await page.store.vote(id, newVote('bob', { decision: 'decline' }), 60_000);
}
