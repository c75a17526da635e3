import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CmkError } from '../../src/core/errors.ts';
import type { ApprovalRecord } from '../../src/guard/approval/record.ts';
import { type ApprovalPage, startApprovalPage } from '../fixtures/approval-page.ts';
import { nonceIn, Visitor } from '../fixtures/visitor.ts';

const COOKIE = 'cmk-approvals';

let page: ApprovalPage;
const people = new Map<string, Visitor>();
beforeAll(async () => {
  page = await startApprovalPage({ storeName: 'memory' });
});
afterAll(() => page.close());

/** A person's browser, signed in. */
async function signedIn(name: string): Promise<Visitor> {
  const visitor = people.get(name) ?? new Visitor();
  if (!people.has(name)) await visitor.signIn(page.origin, name);
  people.set(name, visitor);
  return visitor;
}
const urlOf = ({ id }: Pick<ApprovalRecord, 'id'>) => `${page.origin}/approvals/${id}`;
let requesters = 0;
/** A request of a caller of its own, who is nobody's. */
const ask = (wanted: Parameters<ApprovalPage['request']>[0] = {}) => {
  requesters += 1;
  return page.request({
    ...wanted,
    requester: { id: `r${requesters}`, person: `r${requesters}`, ...wanted.requester },
  });
};

/** Sends a form with the right nonce, whether the person's page has it or not. */
async function send(
  name: string,
  record: ApprovalRecord,
  action: 'approve' | 'decline' | 'withdraw',
  fields: Record<string, string> = {},
) {
  const visitor = await signedIn(name);
  const nonce = page.nonceFor(visitor, action, record);
  return visitor.submit(`${urlOf(record)}/${action}`, { nonce, ...fields });
}
const approve = (name: string, record: ApprovalRecord) => send(name, record, 'approve', { confirm: record.target });

describe('a decision', () => {
  it('takes everybody who is needed, each once', async () => {
    const record = await ask({ rule: { needed: 2 } });
    const [first, again, second] = [
      await approve('bob', record),
      await approve('bob', record),
      await approve('carol', record),
    ];
    expect([first.status, again.status, second.status]).toStrictEqual([303, 409, 303]);
    expect(await page.stateOf(record)).toBe('approved');
    expect(page.journal).toStrictEqual(['approval_vote bob', 'approval_vote carol']);
  });

  it('is taken twice at the same time as one', async () => {
    const record = await ask({ rule: { needed: 2 } });
    const both = await Promise.all([approve('bob', record), approve('bob', record)]);
    expect(both.map(({ status }) => status).sort()).toStrictEqual([303, 409]);
    expect((await page.store.get(record.id))?.votes).toHaveLength(1);
  });

  it.each([
    [
      'expired',
      async (record: ApprovalRecord) => page.store.changed(record.id, 'pending', 60_000, new AbortController().signal),
    ],
    ['withdrawn', async (record: ApprovalRecord) => page.store.close(record.id, 'withdrawn')],
    ['declined', async (record: ApprovalRecord) => send('carol', record, 'decline')],
    ['approved', async (record: ApprovalRecord) => approve('carol', record)],
    [
      'used',
      async (record: ApprovalRecord) => {
        await approve('carol', record);
        await page.store.consume(record.id, record.plan, 'call');
      },
    ],
  ])('about a request that is %s counts for nothing', async (state, end) => {
    const record = await ask({ ...(state === 'expired' && { lifetimeMs: 3_000 }) });
    const visitor = await signedIn('bob');
    const nonce = nonceIn(await visitor.visit(urlOf(record)), 'approve');
    expect(nonce).not.toBe('');
    await end(record);
    const { status, text } = await visitor.submit(`${urlOf(record)}/approve`, { nonce, confirm: record.target });
    expect(status).toBe(409);
    expect(text).toContain(`This request is ${state}`);
    expect(text).not.toContain('/approve"');
    expect(await page.stateOf(record)).toBe(state);
  });

  it('about what has changed since ends the request', async () => {
    const record = await ask();
    page.plan.now = 'another';
    const { status, text } = await approve('bob', record);
    page.plan.now = undefined;
    expect([status, await page.stateOf(record)]).toStrictEqual([409, 'stale']);
    expect(text).toContain('has changed');
  });

  it('whose facts cannot be read again counts for nothing, and may be sent again', async () => {
    const record = await ask();
    page.plan.now = new CmkError('api_unreachable', 'Aiven cannot be reached.');
    const { status, text } = await approve('bob', record);
    page.plan.now = undefined;
    expect([status, await page.stateOf(record)]).toStrictEqual([503, 'pending']);
    expect(text).toContain('Aiven cannot be reached.');
    expect((await approve('bob', record)).status).toBe(303);
  });

  it('is not the requester’s where it takes others, nor its owner’s', async () => {
    const own = await page.request({
      requester: { id: page.idOf('bob'), person: page.idOf('bob') },
      rule: { who: 'other' },
    });
    const owned = await ask({ requester: { person: page.idOf('bob'), name: 'a-script' }, rule: { who: 'other' } });
    for (const record of [own, owned]) {
      const visitor = await signedIn('bob');
      const shown = await visitor.visit(urlOf(record));
      expect(shown.text).not.toMatch(/\/(approve|decline)"/);
      expect(shown.text).toContain('/withdraw"');
      expect((await approve('bob', record)).status).toBe(409);
      expect((await send('bob', record, 'decline')).status).toBe(409);
      expect(await page.stateOf(record)).toBe('pending');
      expect((await approve('carol', record)).status).toBe(303);
    }
  });

  it('is no matter of people without the scope, to whom other people’s requests do not exist', async () => {
    const record = await ask();
    const visitor = await signedIn('dave');
    const unknown = await visitor.visit(urlOf({ id: 'A'.repeat(22) }));
    const others = await visitor.visit(urlOf(record));
    expect([others.status, others.text]).toStrictEqual([404, unknown.text]);
    expect(others.text).toContain('AIVEN_CMK_STORE_URL_FILE');
    expect((await visitor.visit(`${page.origin}/approvals`)).text).not.toContain(record.id);
  });

  it('takes a sign-in of just now', async () => {
    const record = await ask();
    const visitor = new Visitor();
    const authTime = Math.floor(Date.now() / 1_000) - 310; // The session still counts.
    const person = { id: page.idOf('bob'), name: 'bob', scopes: ['cmk:approve'], authTime };
    const jwt = new SignJWT({ value: { sessionId: 'x', person } }).setProtectedHeader({ alg: 'HS256' });
    visitor.keep(page.origin, COOKIE, await jwt.setAudience(COOKIE).setExpirationTime('5 min').sign(page.sessionKey));
    const shown = await visitor.visit(urlOf(record));
    expect(shown.text).toContain(`/approvals/sign-in?return=${record.id}`);
    expect(shown.text).not.toContain('/approve"');
    for (const action of ['approve', 'decline'] as const) {
      const fields = { nonce: page.nonceFor(visitor, action, record), confirm: record.target };
      const sent = await visitor.submit(`${urlOf(record)}/${action}`, fields);
      expect([sent.status, sent.headers.get('location')]).toStrictEqual([403, null]);
    }
    expect((await page.store.get(record.id))?.votes).toStrictEqual([]);
  });
});

describe('a form', () => {
  it.each<[string, Record<string, string>, number]>([
    ['of another origin', { origin: 'https://evil.example' }, 403],
    ['of a frame without an origin', { origin: 'null' }, 403],
    ['of another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['of another name of this site', { 'sec-fetch-site': 'same-site' }, 403],
    ['as JSON', { 'content-type': 'application/json' }, 415],
    ['as plain text', { 'content-type': 'text/plain' }, 415],
    ['with parts', { 'content-type': 'multipart/form-data; boundary=x' }, 415],
  ])('%s is refused, though its nonce is right', async (_case, headers, status) => {
    const record = await ask();
    const visitor = await signedIn('bob');
    const nonce = nonceIn(await visitor.visit(urlOf(record)), 'decline');
    expect((await visitor.submit(`${urlOf(record)}/decline`, { nonce }, headers)).status).toBe(status);
    expect(await page.stateOf(record)).toBe('pending');
  });

  it('without an origin is refused', async () => {
    const record = await ask();
    const visitor = await signedIn('bob');
    const body = `nonce=${nonceIn(await visitor.visit(urlOf(record)), 'decline')}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await visitor.visit(`${urlOf(record)}/decline`, { method: 'POST', body, headers })).status).toBe(403);
    expect(await page.stateOf(record)).toBe('pending');
  });

  it('takes the nonce of its own session, request and action', async () => {
    const [record, another] = [await ask(), await ask()];
    const visitor = await signedIn('bob');
    const shown = await visitor.visit(urlOf(record));
    const wrong = [
      '',
      nonceIn(shown, 'approve'),
      nonceIn(await visitor.visit(urlOf(another)), 'decline'),
      nonceIn(await (await signedIn('carol')).visit(urlOf(record)), 'decline'),
    ];
    for (const nonce of wrong) expect((await visitor.submit(`${urlOf(record)}/decline`, { nonce })).status).toBe(403);
    expect(await page.stateOf(record)).toBe('pending');
    expect((await visitor.submit(`${urlOf(record)}/decline`, { nonce: nonceIn(shown, 'decline') })).status).toBe(303);
  });

  it('is at most 4 KiB long, and has each field once', async () => {
    const record = await ask();
    expect((await send('bob', record, 'decline', { reason: 'x'.repeat(4_096) })).status).toBe(413);
    const visitor = await signedIn('bob');
    const nonce = nonceIn(await visitor.visit(urlOf(record)), 'approve');
    const body = `nonce=${nonce}&confirm=x&confirm=${record.target}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: page.origin };
    expect((await visitor.visit(`${urlOf(record)}/approve`, { method: 'POST', body, headers })).status).toBe(400);
    expect(await page.stateOf(record)).toBe('pending');
  });
});

describe('a store that cannot be reached', () => {
  it('is answered with 503', async () => {
    const visitor = await signedIn('bob');
    const record = await ask();
    const form = await visitor.visit(urlOf(record));
    const away = () => Promise.reject(new CmkError('approval_unavailable', 'away'));
    const broken = page.store as { get: unknown; list: unknown }; // Its methods are replaced in this one object.
    Object.assign(broken, { get: away, list: away });
    const sent = await visitor.submit(`${urlOf(record)}/decline`, { nonce: nonceIn(form, 'decline') });
    const statuses = [sent, await visitor.visit(urlOf(record)), await visitor.visit(`${page.origin}/approvals`)];
    Reflect.deleteProperty(broken, 'get');
    Reflect.deleteProperty(broken, 'list');
    expect(statuses.map(({ status }) => status)).toStrictEqual([503, 503, 503]);
    expect((await visitor.visit(urlOf(record))).status).toBe(200);
  });
});

describe('signing out', () => {
  it('ends the session in its browser', async () => {
    const visitor = new Visitor();
    const list = await visitor.signIn(page.origin, 'erin');
    const nonce = nonceIn(list, 'sign-out');
    expect((await visitor.submit(`${page.origin}/approvals/sign-out`, { nonce: 'x' })).status).toBe(403);
    expect((await visitor.submit(`${page.origin}/approvals/sign-out`, { nonce })).status).toBe(303);
    expect(visitor.cookies(page.origin)).toBe('');
  });
});
