import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApprovalRecord } from '../../src/guard/approval/record.ts';
import { type ApprovalPage, startApprovalPage } from '../fixtures/approval-page.ts';
import { signInFrom, startBrowser, type TestBrowser, violationsOf } from '../fixtures/browser.ts';

const HOSTILE =
  '<img src=x onerror=document.title=1><script>document.title=2</script>"\'&\u202Egpj.yek\u2066\u200B\u05D0';

let page: ApprovalPage;
let browser: TestBrowser;
beforeAll(async () => {
  [page, browser] = await Promise.all([startApprovalPage(), startBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await page.close();
});
const urlOf = ({ id }: ApprovalRecord) => `${page.origin}/approvals/${id}`;

/** Opens a request's link in a browser of its own, and signs in from there. */
async function openAs(name: string, record: ApprovalRecord, options = {}): Promise<Page> {
  const tab = await browser.open(options);
  await signInFrom(tab, urlOf(record), name);
  return tab;
}
const status = (tab: Page) => tab.locator('.status').innerText();
const close = (tab: Page) => tab.context().close();

describe('the approval page in a browser', () => {
  it('lets the requester approve by typing the id, by keyboard alone', async () => {
    const record = await page.request();
    const tab = await openAs('alice', record);
    await tab.getByLabel('Type the CMK id to approve').focus();
    await tab.keyboard.type('cmk-2');
    await tab.keyboard.press('Enter');
    await expect.poll(() => tab.title()).toMatch(/^Error: /);
    expect(await tab.locator(':focus').innerText()).toContain('What was typed is not cmk-1.');
    expect(await violationsOf(tab)).toStrictEqual([]);
    expect(await page.stateOf(record)).toBe('pending');
    await tab.keyboard.press('Tab');
    await tab.keyboard.press('Enter'); // The link to the field.
    await tab.keyboard.type('cmk-1');
    await tab.keyboard.press('Tab');
    await tab.keyboard.type('asked for by ops');
    await tab.keyboard.press('Tab');
    await tab.keyboard.press('Enter');
    await expect.poll(() => status(tab)).toBe('Approved. It is done once the client calls again.');
    expect(await page.stateOf(record)).toBe('approved');
    expect((await page.store.get(record.id))?.votes).toMatchObject([
      { person: page.idOf('alice'), reason: 'asked for by ops' },
    ]);
    expect(tab.url()).toBe(urlOf(record));
    await close(tab);
  });

  it('takes two people where two are needed, and the requester is none of them under `other`', async () => {
    const record = await page.request({ rule: { who: 'other', needed: 2 } });
    const tabs = [];
    for (const name of ['alice', 'bob', 'carol']) {
      const tab = await openAs(name, record);
      tabs.push(tab);
      if (name === 'alice') {
        expect(await tab.getByRole('button').allInnerTexts()).toStrictEqual(['Sign out', 'Withdraw']);
        continue;
      }
      await tab.getByLabel('Type the CMK id to approve').fill('cmk-1');
      await tab.getByRole('button', { name: 'Approve' }).click();
      await tab.getByText(`${name} approved at`).waitFor();
      expect(await page.stateOf(record)).toBe(name === 'bob' ? 'pending' : 'approved');
    }
    for (const tab of tabs) await close(tab);
  });

  it('lets an approver decline and the requester withdraw', async () => {
    const declined = await page.request();
    const bob = await openAs('bob', declined);
    await bob.getByLabel('Reason to decline (optional)').fill('not today');
    await bob.getByRole('button', { name: 'Decline' }).click();
    await bob.getByText('bob declined at').waitFor();
    expect(await status(bob)).toBe('Declined. Nothing was done.');
    const withdrawn = await page.request();
    const alice = await openAs('alice', withdrawn);
    await alice.getByRole('button', { name: 'Withdraw' }).click();
    await expect.poll(() => status(alice)).toBe('Withdrawn. Nothing was done.');
    await alice.getByRole('button', { name: 'Sign out' }).click();
    await alice.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect([await page.stateOf(declined), await page.stateOf(withdrawn)]).toStrictEqual(['declined', 'withdrawn']);
    await close(bob);
    await close(alice);
  });

  it('shows what came from outside as text, with every character to be seen', async () => {
    const details = { 'Key identifier': HOSTILE, [HOSTILE]: 'x' };
    const name = `a${HOSTILE}`;
    const record = await page.request({
      requester: { name, client: HOSTILE },
      summary: HOSTILE,
      target: HOSTILE,
      details,
    });
    const tab = await openAs('bob', record);
    expect(await tab.title()).not.toMatch(/^[12]$/);
    expect(await tab.locator('img, script').count()).toBe(0);
    const text = await tab.locator('body').innerText();
    expect(text).not.toMatch(/[\u202E\u2066\u200B]/);
    expect(text).toContain('<script>document.title=2</script>"\'&⟨U+202E⟩gpj.yek⟨U+2066⟩⟨U+200B⟩\u05D0');
    expect(await violationsOf(tab)).toStrictEqual([]);
    await tab.goto(`${page.origin}/approvals`);
    expect(await tab.locator('img, script').count()).toBe(0);
    await close(tab);
  });

  it.each([false, true])('has no violation of axe, and fits 320 px (dark: %s)', async (dark) => {
    const details = { 'Key identifier': `arn:aws:kms:eu-west-1:123456789012:key/${'0'.repeat(200)}` };
    const record = await page.request({ details, rule: { needed: 2 } });
    const tab = await openAs('alice', record, { dark, width: 320 });
    const check = async () => {
      expect(await violationsOf(tab)).toStrictEqual([]);
      expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(320);
    };
    const color = await tab.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(color).toBe(dark ? 'rgb(23, 23, 27)' : 'rgb(255, 255, 255)');
    await check();
    await tab.goto(`${page.origin}/approvals`);
    await check();
    await tab.goto(`${page.origin}/approvals/unknown`);
    await check();
    await tab.goto(urlOf(record));
    await tab.getByRole('button', { name: 'Withdraw' }).click();
    await expect.poll(() => status(tab)).toMatch(/^Withdrawn/);
    await check();
    await tab.getByRole('button', { name: 'Sign out' }).click();
    await tab.getByRole('heading', { name: 'Sign in' }).waitFor();
    await check();
    await close(tab);
  });

  it('takes no form of another origin, and is shown in no frame', async () => {
    const record = await page.request();
    const tab = await openAs('alice', record);
    const nonce = await tab.locator('form[action$="/decline"] [name=nonce]').inputValue();
    // The same host at another port: another origin, to which the browser sends the cookies all the same.
    await tab.goto(page.issuer.url);
    await tab.setContent(`<form method="post" action="${urlOf(record)}/decline"><input name="nonce" value="${nonce}">
      <button>Win a prize</button></form><iframe src="${urlOf(record)}"></iframe>`);
    await expect.poll(() => tab.frames().map((frame) => frame.url())).toContain('chrome-error://chromewebdata/');
    await tab.getByRole('button').click();
    await tab.getByText('The form was sent from another site').waitFor();
    expect(await page.stateOf(record)).toBe('pending');
    await close(tab);
  });
});
