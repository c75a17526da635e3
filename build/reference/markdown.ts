/** Returns a table of Markdown. Cells are one line each; a bar in a cell is escaped. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`.replace(
      / {2,}\|/g,
      ' |',
    );
  return [line(heads), `|${heads.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Returns a text as code. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** Returns a link to a heading of the same page. */
export function toHeading(heading: string, shown = heading): string {
  return `[${shown}](#${anchorOf(heading)})`;
}

/** Returns the anchor that GitHub gives a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

/** Returns a value as a block of JSON. */
export function jsonBlock(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
}

/** Returns a page: its parts with empty lines between them, below a note that says what makes it. */
export function page(parts: readonly string[]): string {
  const note = '<!-- `npm run reference` writes this page from the code. -->';
  return `${[note, ...parts.filter(Boolean)].join('\n\n')}\n`;
}
