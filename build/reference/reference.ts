import { writeFileSync } from 'node:fs';
import { createErrorsPage } from './errors-page.ts';
import { createSettingsPage } from './settings-page.ts';
import { createToolsPage } from './tools-page.ts';

/** The pages that are made from the code, by the files that hold them. */
export const REFERENCE_PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/tools.md': createToolsPage,
  'docs/errors.md': createErrorsPage,
  'docs/settings.md': createSettingsPage,
};

/** Writes the pages. */
export async function writeReference(): Promise<void> {
  for (const [file, create] of Object.entries(REFERENCE_PAGES)) writeFileSync(file, await create());
}
