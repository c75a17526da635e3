import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visible } from '../../src/server/http/approvals/views/text.ts';
import { readInventory } from '../../src/server/views/inventory.ts';
import { startBrowser, type TestBrowser, violationsOf } from '../fixtures/browser.ts';
import type { ReadView } from '../fixtures/ui.ts';
import { type ShownView, startViewHost, type ViewHost } from '../fixtures/view-host.ts';

const HOSTILE =
  '<img src=x onerror=document.title=1><script>document.title=2</script>"\'&\u202Egpj.yek\u2066\u200B\u05D0';

let browser: TestBrowser;
let host: ViewHost;
let shown: ShownView;
beforeAll(async () => {
  browser = await startBrowser();
  host = await startViewHost(browser);
  shown = await host.open((await readInventory(undefined)) as unknown as ReadView); // Typed as contents of any resource.
});
afterAll(async () => {
  await browser.close();
  await host.close();
});

const rows = () => shown.frame.locator('tbody tr');
const cells = async (row: number) => rows().nth(row).getByRole('cell').allInnerTexts();
const status = () => shown.frame.getByRole('status').innerText();
const keysOf = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `id-${index}` }));

/** Shows a result after one that has two keys, so that it has to replace something. */
async function show(structuredContent: unknown, args: object = {}, rest: object = {}): Promise<void> {
  await shown.show({}, { structuredContent: { cmks: keysOf(2) } });
  await shown.show(args, { structuredContent, ...rest });
}

describe('the inventory view shows', () => {
  it('what comes from outside as text, with every character to be seen', async () => {
    const services = [{ service_name: HOSTILE, status: HOSTILE }];
    const cmk = {
      id: HOSTILE,
      resource: `${HOSTILE}${'x'.repeat(3_000)}`,
      provider: HOSTILE,
      status: HOSTILE,
      services,
    };
    await show({ cmks: [cmk], warnings: [HOSTILE] }, { project: HOSTILE });
    const seen = visible(HOSTILE);
    const [key = '', ...others] = await cells(0);
    expect(key.split('\n')).toStrictEqual([visible(cmk.resource), seen]);
    expect(others).toStrictEqual([seen, seen, 'unknown', `${seen} (${seen})`]);
    expect(await shown.frame.getByRole('listitem').innerText()).toBe(seen);
    expect(await shown.frame.locator('#asked').innerText()).toBe(`project: ${seen}`);
    expect(await shown.frame.locator('body').innerText()).not.toMatch(/[\u202E\u2066\u200B]/);
    expect(await shown.frame.locator('img, script:not(main + script)').count()).toBe(0);
    expect(await shown.frame.title()).toBe('Customer managed keys');
    expect(await violationsOf(shown.frame)).toStrictEqual([]);
    expect(await shown.frame.evaluate('document.documentElement.scrollWidth')).toBe(720);
    await show({ error: { code: 'x', message: HOSTILE, hint: HOSTILE } }, {}, { isError: true });
    expect(await status()).toBe(`${seen} ${seen}`);
  });

  it('a value of an odd type as unknown, never as a default or as a key without services', async () => {
    const odd = [
      { id: 'a', default_cmk: 'true', services: {} },
      { id: 'b', default_cmk: 1, services: [], services_unknown: true },
      { id: 'c', default_cmk: true, services: [null, { service_name: [] }, 'pg'] },
      { id: 'd', services: [{ service_name: 'pg', status: 'active' }], services_total: 3, default_cmk: null },
      { id: { toString: 'x' }, provider: null, status: '', resource: ['r'], default_cmk: false, services: [] },
    ];
    await show({ cmks: [...odd, null, 7, 'key', []], warnings: 'none' });
    expect(await status()).toBe('9 keys');
    expect(await cells(0)).toStrictEqual(['unknown\na', 'unknown', 'unknown', 'unknown', 'unknown']);
    expect((await cells(1)).slice(3)).toStrictEqual(['unknown', 'unknown']);
    expect((await cells(2)).slice(3)).toStrictEqual(['yes', Array(3).fill('unknown (unknown)').join(' ')]);
    expect((await cells(3)).slice(3)).toStrictEqual(['unknown', 'pg (active) 2 more']);
    expect(await cells(4)).toStrictEqual(['unknown\nunknown', 'unknown', 'unknown', 'no', 'none']);
    expect(await shown.frame.getByRole('listitem').allInnerTexts()).toStrictEqual(['Unreadable: 4 keys.']);
  });

  it.each([
    ['no list', {}],
    ['no array', { cmks: { length: 1 } }],
    ['no object', 'cmks'],
    ['an error of an odd type', { cmks: [], error: 7 }],
  ])('that a result has no list of keys: %s', async (_what, structuredContent) => {
    await show(structuredContent);
    expect(await status()).toBe('The result has no list of keys.');
    expect(await rows().filter({ visible: true }).count()).toBe(0);
  });

  it('the same from a result that has only text, and nothing of a text that is no JSON', async () => {
    const content = [{ type: 'text', text: JSON.stringify({ cmks: keysOf(1) }) }];
    await show(undefined, {}, { content });
    expect(await status()).toBe('1 key');
    await show(undefined, {}, { content: [{ type: 'text', text: 'not JSON' }] });
    expect(await status()).toBe('not JSON');
    for (const text of ['null', '7', '[]']) {
      await show(undefined, {}, { content: [{ type: 'text', text }] });
      expect(await status()).toBe('The result has no list of keys.');
    }
  });

  it('that a list is not the whole', async () => {
    const states = [];
    for (const [rest, args] of [
      [{ total: 9 }, {}],
      [{ total: 9, next_cursor: 'x' }, { cursor: 'y' }],
      [{ next_cursor: 'x' }, {}],
      [{ total: 2 }, {}],
      [{ total: '9' }, {}],
    ] as const) {
      await show({ cmks: keysOf(2), ...rest }, args);
      states.push([await status(), await shown.frame.getByRole('listitem').count()]);
    }
    expect(states).toStrictEqual([
      ['First 2 of 9 keys', 1],
      ['2 of 9 keys', 1],
      ['First 2 keys', 1],
      ['2 keys', 0],
      ['2 keys', 0],
    ]);
  });

  it('no services where the result has none, and that a call was cancelled', async () => {
    await show({ cmks: keysOf(1) });
    expect(await shown.frame.getByRole('columnheader').count()).toBe(4);
    await show({ cmks: [] });
    expect(await status()).toBe('0 keys');
    expect(await shown.frame.getByLabel('Filter').isVisible()).toBe(false);
    await shown.host('cancel()');
    expect(await status()).toBe('The list was cancelled.');
  });

  it('nothing that somebody else sends, and responds to its host', async () => {
    await show({ cmks: keysOf(1) });
    const params = { structuredContent: { cmks: keysOf(7) } };
    const message = { jsonrpc: '2.0', method: 'ui/notifications/tool-result', params };
    await shown.frame.evaluate(`window.postMessage(${JSON.stringify(message)})`); // From the view's own window.
    for (const odd of [null, 7, {}, { ...message, jsonrpc: '1.0' }, { jsonrpc: '2.0', id: 99, result: {} }])
      await shown.host(`post(${JSON.stringify(odd)})`);
    for (const method of ['constructor', '__proto__', 'tools/call'])
      await shown.host(`post(${JSON.stringify({ jsonrpc: '2.0', method })})`);
    expect(await shown.host('bridge.teardownResource({})')).toStrictEqual({});
    expect(await status()).toBe('1 key');
  });
});
