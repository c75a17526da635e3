import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sessions } from '../../src/server/http/approvals/session.ts';
import { type ApprovalPage, startApprovalPage } from '../fixtures/approval-page.ts';
import { Visitor } from '../fixtures/visitor.ts';

let page: ApprovalPage;
beforeAll(async () => {
  page = await startApprovalPage();
});
afterAll(() => page.close());

const UNKNOWN = 'A'.repeat(22);
const seconds = () => Math.floor(Date.now() / 1_000);

describe('before sign-in', () => {
  it('a link preview gets the same page for every request, and changes nothing', async () => {
    const record = await page.request({ requester: { id: 'preview' } });
    const [seen, unknown] = await Promise.all(
      [record.id, UNKNOWN].map((id) => new Visitor().visit(`${page.origin}/approvals/${id}`)),
    );
    expect(seen?.status).toBe(200);
    expect(seen?.text.replaceAll(record.id, '')).toBe(unknown?.text.replaceAll(UNKNOWN, ''));
    expect(seen?.text).not.toContain(record.target);
    const visitor = new Visitor();
    for (const action of ['approve', 'decline', 'withdraw']) {
      expect((await visitor.visit(`${page.origin}/approvals/${record.id}/${action}`)).status).toBe(404);
    }
    expect(await page.stateOf(record)).toBe('pending');
    expect(page.journal).toStrictEqual([]);
  });

  it('a form changes nothing', async () => {
    const record = await page.request({ requester: { id: 'no-session' } });
    const sent = { confirm: record.target, nonce: 'x' };
    expect((await new Visitor().submit(`${page.origin}/approvals/${record.id}/approve`, sent)).status).toBe(403);
    expect(await page.stateOf(record)).toBe('pending');
  });

  it.each(['', '/', `/${UNKNOWN}`, '/sign-in', '/callback'])(
    '%j can be in no frame, runs no script, is not kept',
    async (path) => {
      const { headers } = await new Visitor().visit(`${page.origin}/approvals${path}`);
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy': expect.stringMatching(
          /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
        ),
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
    },
  );
});

describe('sign-in', () => {
  it('gives a person the subject that their access tokens have, in a cookie for 15 minutes', async () => {
    const visitor = new Visitor();
    const record = await page.request();
    const shown = await visitor.signIn(page.origin, 'alice', record.id);
    expect(shown.url).toBe(`${page.origin}/approvals/${record.id}`);
    expect(shown.text).toContain(record.target);
    const [name, jwt = ''] = visitor.cookies(page.origin).split('=');
    const { exp, value } = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
    expect(name).toBe('cmk-approvals');
    expect(exp - seconds()).toBeGreaterThan(890);
    expect(exp - seconds()).toBeLessThanOrEqual(900);
    expect(value.person).toMatchObject({ id: record.requester.id, name: 'alice', scopes: [] });
  });

  it('starts a code flow with PKCE, state, nonce and max_age', async () => {
    const { headers } = await new Visitor().visit(`${page.origin}/approvals/sign-in?return=https://evil.example`);
    const url = new URL(headers.get('location') ?? '');
    expect(url.origin).toBe(page.issuer.url);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      max_age: '300',
      state: expect.stringMatching(/.{40}/),
      nonce: expect.stringMatching(/.{40}/),
    });
    expect(headers.get('set-cookie')).toMatch(/Path=\/; HttpOnly; SameSite=Lax$/);
  });

  it('leads nowhere but to a request', async () => {
    const { url } = await new Visitor().signIn(page.origin, 'alice', '//evil.example/xxxxxxxxxx');
    expect(url).toBe(`${page.origin}/approvals`);
  });

  it('is refused in a browser that did not start it, and after another one was started', async () => {
    const attacker = new Visitor();
    const login = await attacker.follow(`${page.origin}/approvals/sign-in`);
    const { headers } = await attacker.submit(login.url, { login: 'mallory' });
    let at = headers.get('location') ?? '';
    while (!at.startsWith(page.origin)) at = (await attacker.visit(at)).headers.get('location') ?? '';
    const victim = new Visitor();
    expect((await victim.visit(at)).status).toBe(403);
    await victim.visit(`${page.origin}/approvals/sign-in`);
    expect((await victim.visit(at)).status).toBe(403);
    expect(victim.cookies(page.origin)).toBe('');
    expect(page.lines.at(-1)).toMatch(/sign-in on the approval page failed: .*state/);
  });

  it('that the issuer refuses shows nothing that came with it', async () => {
    const visitor = new Visitor();
    const { headers } = await visitor.visit(`${page.origin}/approvals/sign-in`);
    const state = new URL(headers.get('location') ?? '').searchParams.get('state');
    const query = new URLSearchParams({
      error: '<b>x',
      error_description: '<i>pay',
      iss: page.issuer.url,
      state: `${state}`,
    });
    const { status, text } = await visitor.visit(`${page.origin}/approvals/callback?${query}`);
    expect(status).toBe(403);
    expect(text).not.toMatch(/<b>|pay/);
  });

  it.each([
    ['says nothing of when', undefined],
    ['was an hour ago', '100000'],
  ])('that %s is refused, though the browser asked the issuer for it', async (_case, maxAge) => {
    page.issuer.says.signedInAt = seconds() - 3_600;
    const visitor = new Visitor();
    const { headers } = await visitor.visit(`${page.origin}/approvals/sign-in`);
    const altered = new URL(headers.get('location') ?? '');
    if (maxAge === undefined) altered.searchParams.delete('max_age');
    else altered.searchParams.set('max_age', maxAge);
    const login = await visitor.follow(altered.href);
    const sent = await visitor.submit(login.url, { login: 'alice' });
    page.issuer.says.signedInAt = undefined;
    const { status, url } = await visitor.follow(sent.headers.get('location') ?? '');
    expect([status, new URL(url).pathname]).toStrictEqual([403, '/approvals/callback']);
    expect(page.lines.at(-1)).toMatch(/auth_time|too much time has elapsed/);
    expect(visitor.cookies(page.origin)).not.toContain('cmk-approvals');
  });
});

describe('a session', () => {
  const open = async (value: object, expires: number, key = page.sessionKey, audience = 'cmk-approvals') => {
    const jwt = new SignJWT({ value }).setProtectedHeader({ alg: 'HS256' }).setAudience(audience);
    const visitor = new Visitor();
    visitor.keep(page.origin, 'cmk-approvals', await jwt.setExpirationTime(expires).sign(key));
    return (await visitor.visit(`${page.origin}/approvals`)).text.includes('Signed in as');
  };
  const value = () => ({
    sessionId: 'x',
    person: { id: page.idOf('bob'), name: 'bob', scopes: [], authTime: seconds() },
  });

  it('counts neither after its time, nor forged, nor made for something else', async () => {
    expect(await open(value(), seconds() + 60)).toBe(true);
    expect(await open(value(), seconds() - 1)).toBe(false);
    expect(await open(value(), seconds() + 60, new Uint8Array(32))).toBe(false);
    expect(await open(value(), seconds() + 60, page.sessionKey, 'cmk-sign-in')).toBe(false);
    expect(await open({ ...value(), person: { name: 'bob' } }, seconds() + 60)).toBe(false);
  });
});

describe('an access token', () => {
  it.each(['Bearer x', 'Basic x', ''])('as %j is refused, with or without a session', async (authorization) => {
    const record = await page.request({ requester: { id: `bearer ${authorization}` } });
    const visitor = new Visitor();
    await visitor.signIn(page.origin, 'bob');
    const headers = { authorization };
    expect((await new Visitor().visit(`${page.origin}/approvals/${record.id}`, { headers })).status).toBe(400);
    expect((await visitor.visit(`${page.origin}/approvals/${record.id}`, { headers })).status).toBe(400);
    expect((await visitor.submit(`${page.origin}/approvals/${record.id}/approve`, {}, headers)).status).toBe(400);
  });
});

describe('a way to sign in (acr) that is asked for', () => {
  it('is checked in the ID token', async () => {
    const strict = await startApprovalPage({ acr: 'urn:mfa' });
    strict.issuer.says.acr = 'urn:password';
    const weak = await new Visitor().signIn(strict.origin, 'alice');
    expect([weak.status, weak.url]).toStrictEqual([403, expect.stringContaining('/approvals/callback')]);
    strict.issuer.says.acr = undefined;
    expect((await new Visitor().signIn(strict.origin, 'alice')).status).toBe(403);
    strict.issuer.says.acr = 'urn:mfa';
    expect((await new Visitor().signIn(strict.origin, 'alice')).status).toBe(200);
    await strict.close();
  });
});

describe('a page over https', () => {
  const publicOrigin = 'https://cmk.example';
  let secure: ApprovalPage;
  beforeAll(async () => {
    secure = await startApprovalPage({ publicOrigin });
  });
  afterAll(() => secure.close());

  it('has cookies for its own host alone, and never without TLS', async () => {
    const { headers } = await new Visitor().visit(`${secure.origin}/approvals/sign-in`);
    expect(headers.get('set-cookie')).toMatch(
      /^__Host-cmk-sign-in=[^;]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(new URL(headers.get('location') ?? '').searchParams.get('redirect_uri')).toBe(
      `${publicOrigin}/approvals/callback`,
    );
  });

  it.each([
    ['its public origin', publicOrigin, 303],
    ['where it listens', undefined, 403],
  ])('takes forms of %s: %s', async (_case, origin, status) => {
    const person = { id: 'x', name: 'x', scopes: [], authTime: seconds() };
    const session = new Sessions(secure.sessionKey, true).create(person);
    const jwt = new SignJWT({ value: session }).setProtectedHeader({ alg: 'HS256' }).setAudience('cmk-approvals');
    const signed = await jwt.setExpirationTime('5 min').sign(secure.sessionKey);
    const visitor = new Visitor();
    visitor.keep(secure.origin, '__Host-cmk-approvals', signed);
    const nonce = new Sessions(secure.sessionKey, true).nonceOf(session, 'sign-out');
    const sent = visitor.submit(`${secure.origin}/approvals/sign-out`, { nonce }, origin ? { origin } : {});
    expect((await sent).status).toBe(status);
    expect(visitor.cookies(secure.origin) === '').toBe(status === 303);
    const plain = new Visitor(); // Another server of this host could set a cookie of that name.
    plain.keep(secure.origin, 'cmk-approvals', signed);
    expect((await plain.visit(`${secure.origin}/approvals`)).text).not.toContain('Signed in as');
  });

  it('starts and finishes so many sign-ins of one address in a minute, and no more', async () => {
    const start = () => new Visitor().visit(`${secure.origin}/approvals/sign-in`);
    const finish = () => new Visitor().visit(`${secure.origin}/approvals/callback?code=x`);
    const statuses = new Set<number>();
    for (let sent = 0; sent < 280; sent += 2) for (const step of [start, finish]) statuses.add((await step()).status);
    expect(statuses).toStrictEqual(new Set([302, 403]));
    for (let sent = 0; sent < 20; sent += 1) await finish();
    const { status, headers } = await start();
    expect([status, Number(headers.get('retry-after'))]).toStrictEqual([429, expect.any(Number)]);
  });
});
