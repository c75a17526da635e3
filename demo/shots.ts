/**
 * Takes the screenshots of the approval page and of the inventory view for the documentation, `docs/images/`, with the built
 * server, a real issuer, the official host bridge and Chromium. What differs between two runs (times, identifiers, ports) is written over before, and `pngquant` makes them small.
 */
import type { Page } from 'playwright-core';
import { signInFrom } from '../test/fixtures/browser.ts';
import { KEYS, openApprovalStage, PERSON, pendingOf } from './approval-stage.ts';
import { takeInventory } from './inventory-shots.ts';
import { saveShot } from './save-shot.ts';

/** The width of the screenshots, and that of the narrowest screen, in CSS pixels. */
const WIDTH = 800;
const NARROW = 320;

/** The least height of a screenshot; a page that is longer is shown as a whole. */
const HEIGHT = 300;

await takeInventory();
const stage = await openApprovalStage();
try {
  const tab = await stage.browse();
  await tab.setViewportSize({ width: WIDTH, height: HEIGHT });
  const declined = pendingOf(await stage.remove(KEYS.other));
  await signInFrom(tab, declined.url, PERSON);
  await tab.getByLabel('Reason to decline').fill('in use until June');
  await tab.getByRole('button', { name: 'Decline' }).click();
  await tab.getByText(`${PERSON} declined at`).waitFor();

  const { id, url } = pendingOf(await stage.remove(KEYS.old));
  await tab.goto(`${stage.origin}/approvals`);
  await take(tab, 'list', id);
  await tab.goto(url);
  await take(tab, 'request', id);
  await tab.setViewportSize({ width: NARROW, height: HEIGHT });
  await save(tab, 'request-narrow');
  await tab.setViewportSize({ width: WIDTH, height: HEIGHT });

  await tab.getByLabel('Type the CMK id to approve').fill('yes');
  await tab.getByLabel('Reason to approve').fill('replaced in May');
  await tab.getByRole('button', { name: 'Approve' }).click();
  await tab.getByRole('alert').waitFor();
  await take(tab, 'wrong-id', id);
  await tab.getByLabel('Type the CMK id to approve').fill(KEYS.old);
  await tab.getByRole('button', { name: 'Approve' }).click();
  await tab.getByText(`${PERSON} approved at`).waitFor();
  await take(tab, 'approved', id);
} finally {
  await stage.close();
}

/** Takes a page in the light and in the dark. */
async function take(tab: Page, name: string, id: string): Promise<void> {
  // Evaluated by the debugger, as no script may run on the page itself.
  await tab.evaluate(`
    document.querySelectorAll('time').forEach((each, at) => { each.textContent = '2026-05-05 11:0' + at + ':00 UTC'; });
    document.querySelectorAll('code').forEach((each) => { if (each.textContent === '${id}') each.textContent = 'mFJ4t0b1yqXo2cEwZr7LkA'; });
  `);
  await save(tab, `${name}-light`);
  await tab.emulateMedia({ colorScheme: 'dark' });
  await save(tab, `${name}-dark`);
  await tab.emulateMedia({ colorScheme: 'light' });
}

async function save(tab: Page, name: string): Promise<void> {
  saveShot(`approval-${name}`, await tab.screenshot({ fullPage: true }));
}
