import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser, type TestBrowser, violationsOf } from '../fixtures/browser.ts';
import { createDesktop, type Desktop } from '../fixtures/desktop.ts';
import { type Outcome, type TestClient, TOKEN } from '../fixtures/harness.ts';
import { codeIn } from '../fixtures/loopback-visitor.ts';
import { deletable } from '../fixtures/page-server.ts';
import { ID, type ScriptedApi, startScriptedApi } from '../fixtures/scripted-api.ts';
import { openSpawned } from '../fixtures/spawned.ts';

let api: ScriptedApi;
let browser: TestBrowser;
let desktop: Desktop;
beforeAll(async () => {
  desktop = createDesktop();
  [api, browser] = await Promise.all([startScriptedApi(), startBrowser()]);
});
afterAll(async () => {
  desktop.remove();
  await Promise.all([api.close(), browser.close()]);
});

/** The URLs, headers and bodies of all requests that a tab makes. */
async function watch(tab: Page): Promise<string[]> {
  const sent: string[] = [];
  tab.on('request', (request) => {
    const { method, url } = { method: request.method(), url: request.url() };
    sent.push(`${method} ${url} ${JSON.stringify(request.headers())}`);
  });
  return sent;
}

/** Calls again while nobody has decided: a browser may be slow to start. */
async function callToTheEnd(client: TestClient, args: Record<string, unknown>): Promise<Outcome> {
  for (;;) {
    const outcome = await client.call('aiven_cmk_delete', args);
    if (outcome.error?.code !== 'approval_pending') return outcome;
  }
}

describe('the page on loopback in a browser', () => {
  it('signs the person in by the link alone, and takes their approval', async () => {
    const { project, writes } = api.scene(deletable());
    const env = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin, ...desktop.env };
    const client = await openSpawned({ env });
    const call = callToTheEnd(client, { project, cmk_id: ID, confirm_cmk_id: ID });
    const link = await desktop.link();
    const code = codeIn(link);

    const bare = await browser.open({ width: 320 });
    await bare.goto(new URL('/approvals/sign-in', link).href);
    expect(await violationsOf(bare)).toStrictEqual([]);
    expect(await bare.evaluate('document.documentElement.scrollWidth')).toBe(320);
    await bare.context().close();

    const tab = await browser.open();
    const sent = await watch(tab);
    await tab.goto(link);
    await tab.getByLabel('Type the CMK id to approve').fill(ID);
    expect(await violationsOf(tab)).toStrictEqual([]);
    expect(tab.url()).toMatch(/\/approvals\/[\w-]{22}$/);
    await tab.getByRole('button', { name: 'Approve' }).click();
    expect((await call).payload).toMatchObject({ approval: 'page', approved_by: ['local user'] });
    expect(writes()).toHaveLength(1);
    await tab.reload();
    expect(await tab.locator('.status').innerText()).toMatch(/^Approved and used/);
    const shot = await tab.screenshot();
    expect(shot.length).toBeGreaterThan(10_000);
    // Neither an address nor a Referer holds the code, and going back does not lead to it.
    expect(sent.length).toBeGreaterThan(3);
    expect(sent.join('\n')).not.toContain(code);
    await tab.goBack();
    expect(tab.url()).not.toContain('#');
    await tab.context().close();
    await client.close();
  });

  it('takes a pasted code without script', async () => {
    const { project, writes } = api.scene(deletable());
    const env = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin, AIVEN_CMK_APPROVAL: 'page' };
    const client = await openSpawned({ env });
    const call = callToTheEnd(client, { project, cmk_id: ID, confirm_cmk_id: ID });
    const [link = ''] = /http\S+$/.exec(await client.line('a person has to decide')) ?? [];
    const tab = await browser.open({ script: false });
    await tab.goto(link);
    await tab.getByLabel('Code').fill(codeIn(link));
    await tab.getByRole('button', { name: 'Sign in' }).click();
    await tab.getByRole('button', { name: 'Decline' }).click();
    expect((await call).error?.code).toBe('approval_declined');
    expect(writes()).toStrictEqual([]);
    await tab.context().close();
    await client.close();
  });
});
