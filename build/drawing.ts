import { readFileSync, writeFileSync } from 'node:fs';
import { IMPORTS, LEVELS, roomOf } from './imports.ts';

/** The document that holds the drawing. */
export const DOCUMENT = 'CONTRIBUTING.md';

const MARKED = /(?<=<!-- drawing: `npm run drawing` writes it -->\n).*(?=<!-- end of drawing -->)/s;

/** Returns the imports between rooms as a mermaid graph, one arrow per pair of rooms, from the uppermost room down. */
export function createDrawing(): string {
  const rooms = LEVELS.flat();
  const arrows = rooms.flatMap((from) => {
    const targets = new Set(IMPORTS.filter((each) => roomOf(each.from) === from).map(({ to }) => roomOf(to)));
    const others = rooms.filter((room) => room !== from && targets.has(room));
    return others.length > 0 ? [`  ${from} --> ${others.join(' & ')}`] : [];
  });
  return ['```mermaid', 'graph TD', ...arrows, '```', ''].join('\n');
}

/** Returns the document with the drawing that it must have. @throws Error if the document has no place for it. */
export function drawInto(document: string): string {
  if (!MARKED.test(document)) throw new Error(`${DOCUMENT} has no place for the drawing.`);
  return document.replace(MARKED, createDrawing);
}

/** Writes the drawing into CONTRIBUTING.md. */
export function writeDrawing(): void {
  writeFileSync(DOCUMENT, drawInto(readFileSync(DOCUMENT, 'utf8')));
}
