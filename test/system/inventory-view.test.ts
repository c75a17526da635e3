import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser, type TestBrowser, violationsOf } from '../fixtures/browser.ts';
import { CLIENTS } from '../fixtures/harness.ts';
import { type ReadView, readView, UI } from '../fixtures/ui.ts';
import { type HostOptions, type ShownView, startViewHost, type ViewHost } from '../fixtures/view-host.ts';

const ARGUMENTS = { project: 'sandbox', include_services: true };

let browser: TestBrowser;
let host: ViewHost;
let view: ReadView;
let result: { readonly structuredContent: { readonly cmks: readonly { readonly id: string }[] } };

beforeAll(async () => {
  browser = await startBrowser();
  host = await startViewHost(browser);
  const client = await CLIENTS[1]?.open({ args: ['--sandbox'], extensions: UI });
  if (!client) throw new Error('There is no client.');
  view = await readView(client);
  const { payload } = await client.call('aiven_cmk_list', ARGUMENTS);
  result = { structuredContent: payload as typeof result.structuredContent };
  await client.close();
});
afterAll(async () => {
  await browser.close();
  await host.close();
});

/** Shows the keys of the sandbox. */
async function showKeys(options?: HostOptions): Promise<ShownView> {
  const shown = await host.open(view, options);
  await shown.show(ARGUMENTS, result);
  await shown.frame.locator('tbody tr').first().waitFor();
  return shown;
}
const rowsOf = ({ frame }: ShownView) => frame.locator('tbody tr');
const countOf = ({ frame }: ShownView) => frame.getByRole('status').innerText();

describe('the inventory view in a chat', () => {
  it('shows the keys of a result with their services, asks for nothing, and has the height of its content', async () => {
    const shown = await showKeys();
    expect(await shown.frame.locator('#asked').innerText()).toBe('project: sandbox');
    expect(await countOf(shown)).toBe(`${result.structuredContent.cmks.length} keys`);
    for (const [index, { id }] of result.structuredContent.cmks.entries())
      expect(await rowsOf(shown).nth(index).innerText()).toContain(id);
    const headers = await shown.frame.getByRole('columnheader').allInnerTexts();
    expect(headers.map((text) => text.trim())).toStrictEqual(['Key', 'Provider', 'Status', 'Default', 'Services']);
    const [first = ''] = await rowsOf(shown).getByRole('cell').nth(4).allInnerTexts();
    expect(first).toMatch(/\(active\)|none/);
    expect(shown.requests).toStrictEqual(['/', '/host.js', '/view']);
    const height = await shown.frame.evaluate('document.documentElement.scrollHeight');
    await expect.poll(() => shown.tab.evaluate("document.querySelector('iframe').clientHeight")).toBe(height);
    await shown.close();
  });

  it('is sorted and filtered by keyboard', async () => {
    const shown = await showKeys();
    const { tab, frame } = shown;
    const firstCells = () => rowsOf(shown).locator('td:first-child code:first-child').allInnerTexts();
    const given = await firstCells();
    await frame.getByLabel('Filter').focus();
    await tab.keyboard.press('Tab');
    await tab.keyboard.press('Enter');
    expect(await frame.locator('[aria-sort]').getAttribute('aria-sort')).toBe('ascending');
    const sorted = given.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    expect(await firstCells()).toStrictEqual(sorted);
    await tab.keyboard.press('Space');
    expect(await frame.locator('[aria-sort]').getAttribute('aria-sort')).toBe('descending');
    expect(await firstCells()).toStrictEqual(sorted.toReversed());
    await tab.keyboard.press('Shift+Tab');
    await tab.keyboard.type('OLD');
    expect(await rowsOf(shown).count()).toBeLessThan(given.length);
    for (const text of await rowsOf(shown).allInnerTexts()) expect(text.toLowerCase()).toContain('old');
    expect(await countOf(shown)).toMatch(/^\d+ keys, \d+ shown$/);
    await tab.keyboard.type('est of all');
    expect(await countOf(shown)).toMatch(/, 0 shown$/);
    expect(await frame.getByRole('table').count()).toBe(0);
    await shown.close();
  });

  it.each([720, 320])(
    'has no violation of axe in light and dark, as the host chooses, and fits %i px',
    async (width) => {
      const shown = await showKeys({ width, context: { theme: 'light' } });
      const { frame } = shown;
      const grounds = [];
      for (const theme of ['dark', 'light']) {
        await shown.host(`setContext(${JSON.stringify({ theme })})`);
        grounds.push(await frame.evaluate('getComputedStyle(document.body).backgroundColor'));
        expect(await violationsOf(frame)).toStrictEqual([]);
        expect(await frame.evaluate('document.documentElement.scrollWidth')).toBe(width);
      }
      expect(new Set(grounds).size).toBe(2);
      await shown.close();
    },
  );

  it('follows the system where the host names no theme, and takes colours of the host', async () => {
    const variables = { '--color-background-primary': 'rgb(1, 2, 3)', '--font-mono': 'serif', color: 'red' };
    const shown = await showKeys({ dark: true, context: { styles: { variables } } });
    const styleOf = (property: string) => shown.frame.evaluate(`getComputedStyle(document.body).${property}`);
    expect(await styleOf('backgroundColor')).toBe('rgb(1, 2, 3)');
    expect(await styleOf('color')).toBe('rgb(236, 236, 241)');
    await shown.close();
  });

  it('has a link to the approval page where there is one, which the host opens, and no control that writes', async () => {
    const url = 'https://cmk.example/approvals';
    const place = 'name="approval-page" content="';
    const withPage = { ...view, text: view.text.replace(place, `${place}${url}`) };
    const shown = await host.open(withPage);
    await shown.show(ARGUMENTS, result);
    await shown.frame.getByRole('link', { name: 'Open the approval page' }).press('Enter');
    await expect.poll(() => shown.host('seen.opened')).toStrictEqual([url]);
    expect(await shown.frame.locator('button:not(th button), form, select, a:not(footer a)').count()).toBe(0);
    expect(shown.requests).not.toContain(url);
    await shown.close();

    for (const options of [{ opensLinks: false }, { deniesLinks: true }]) {
      const other = await host.open(withPage, options);
      if (options.deniesLinks) await other.frame.getByRole('link').click();
      await other.frame.getByText(`Approval page: ${url}`).waitFor();
      expect(await other.frame.getByRole('link').count()).toBe(0);
      await other.close();
    }
    const without = await showKeys();
    expect(await without.frame.locator('footer').isVisible()).toBe(false);
    await without.close();
  });
});
