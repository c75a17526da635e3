import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { startBrowser } from '../test/fixtures/browser.ts';
import { readView, UI } from '../test/fixtures/ui.ts';
import { startViewHost } from '../test/fixtures/view-host.ts';
import { saveShot } from './save-shot.ts';

const PROGRAM = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const ARGUMENTS = { project: 'sandbox', include_services: true };

/** Takes the inventory view of the built server, in light and dark. @throws Error if Chromium is not installed */
export async function takeInventory(): Promise<void> {
  const capabilities = { extensions: UI };
  const client = new Client({ name: 'demo', version: '1.0.0' }, { capabilities, versionNegotiation: { mode: 'auto' } });
  const args = [PROGRAM, '--sandbox'];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }));
  const browser = await startBrowser();
  const host = await startViewHost(browser);
  try {
    const view = await readView({ sdk: client });
    const result = await client.callTool({ name: 'aiven_cmk_list', arguments: ARGUMENTS });
    for (const theme of ['light', 'dark']) {
      const shown = await host.open(view, { context: { theme } });
      await shown.show(ARGUMENTS, result);
      saveShot(`inventory-${theme}`, await shown.tab.locator('iframe').screenshot());
      await shown.close();
    }
  } finally {
    await browser.close();
    await host.close();
    await client.close();
  }
}
