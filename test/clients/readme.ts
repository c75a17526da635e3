import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const README = fileURLToPath(new URL('./README.md', import.meta.url));

/** A Markdown table, padded for readers of the text, of rows that differ in more than their transport, the third cell. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const alike = new Map<string, string[]>();
  for (const cells of rows) {
    const key = cells.toSpliced(2, 1).join();
    const [, , transport = ''] = cells;
    const [, , known] = alike.get(key) ?? [];
    alike.set(key, cells.toSpliced(2, 1, known ? `${known}, ${transport}` : transport));
  }
  const lines = [header, ...alike.values()];
  const widths = header.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const show = (cells: readonly string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [show(header), show(widths.map((width) => '-'.repeat(width))), ...lines.slice(1).map(show)].join('\n');
}

/** The lines of a table that the README does not have, whatever their padding. */
export function missing(rows: string): string[] {
  const squeeze = (line: string) => line.replace(/ +/g, ' ').replace(/-+/g, '-');
  const known = new Set(readFileSync(README, 'utf8').split('\n').map(squeeze));
  return rows.split('\n').filter((line) => !known.has(squeeze(line)));
}

/** Puts a table in the place of the README's first one. */
export function replace(rows: string): void {
  writeFileSync(README, readFileSync(README, 'utf8').replace(/(?:^\|.*\n)+/m, `${rows}\n`));
}
