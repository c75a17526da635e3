import type { TextResourceContents } from '@modelcontextprotocol/server';
import { CmkError } from '../../core/errors.ts';
import { UI_MIME_TYPE } from '../ui.ts';

/** The view that shows the keys of a project in a chat: `inventory.html`, which stands beside this module, and beside the built program. */
export const INVENTORY = {
  uri: 'ui://aiven-cmk/inventory',
  name: 'inventory',
  title: 'Customer managed keys',
  description: 'Shows the result of aiven_cmk_list',
  mimeType: UI_MIME_TYPE,
};

/** Where the file has the address of the approval page. */
const PLACE = '<meta name="approval-page" content="">';

/** The view takes nothing from outside: no requests, resources, frames or permissions. */
const META = {
  ui: { csp: { connectDomains: [], resourceDomains: [], frameDomains: [], baseUriDomains: [] }, prefersBorder: true },
};

/** Reads the view, with the address of the approval page where there is one. @throws CmkError `restart_needed` if its file is gone. */
export async function readInventory(approvalPageUrl: string | undefined): Promise<TextResourceContents> {
  const { readFile } = await import('node:fs/promises');
  const html = await readFile(new URL('./inventory.html', import.meta.url), 'utf8').catch((cause) => {
    throw new CmkError('restart_needed', 'A file of the program can no longer be read.', { cause });
  });
  const { uri, mimeType } = INVENTORY;
  const address = escapeAttribute(approvalPageUrl ?? '');
  return { uri, mimeType, text: html.replace(PLACE, () => PLACE.replace('""', () => `"${address}"`)), _meta: META };
}

function escapeAttribute(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
