import { writeFileSync } from 'node:fs';
import { defineForCatalog } from '../src/tools/definitions.ts';
import { TOOLS } from '../src/tools/tools.ts';

/** The committed file that the server imports and reviewers read: the definition of every tool. */
export const CATALOG = 'src/tools/catalog.json';

/** Returns the text that `catalog.json` must have: the definitions of all tools, in the order of `tools/list`. */
export function createCatalog(): string {
  return `${JSON.stringify(TOOLS.map(defineForCatalog), null, 2)}\n`;
}

/** Writes `catalog.json` from the tools' zod schemas. */
export function writeCatalog(): void {
  writeFileSync(CATALOG, createCatalog());
}
