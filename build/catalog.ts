import { writeFileSync } from 'node:fs';
import { defineForCatalog } from '../src/tools/definitions.ts';
import { TOOLS } from '../src/tools/tools.ts';

/** The committed file that the server imports and reviewers read: every tool as clients see it. */
export const CATALOG = 'src/tools/catalog.json';

/** Returns the text that `catalog.json` must have: the definitions of all tools, in the order in which clients see them. */
export function createCatalog(): string {
  return `${JSON.stringify(TOOLS.map(defineForCatalog), null, 2)}\n`;
}

/** Writes `catalog.json` anew from the tools' zod schemas. */
export function writeCatalog(): void {
  writeFileSync(CATALOG, createCatalog());
}
