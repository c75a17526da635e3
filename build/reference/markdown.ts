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

/** Maximum width of a line of JSON that holds a whole object or list, in columns. */
const WIDTH_MAX = 120;

/** Returns a value as JSON for a reader: what fits on a line has one line. */
export function readableJson(value: unknown, indent = ''): string {
  const line = JSON.stringify(value, null, 1)?.replace(/\n\s*/g, ' ') ?? 'null';
  if (typeof value !== 'object' || value === null || indent.length + line.length <= WIDTH_MAX) return line;
  const inner = `${indent}  `;
  const entries = Array.isArray(value)
    ? value.map((each) => readableJson(each, inner))
    : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${readableJson(each, inner)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${entries.map((entry) => inner + entry).join(',\n')}\n${indent}${close}`;
}

/** Returns a value as a block of JSON. */
export function jsonBlock(value: unknown): string {
  return `\`\`\`json\n${readableJson(value)}\n\`\`\``;
}

/** Returns a page: its parts with empty lines between them, below a note that says what makes it. */
export function page(parts: readonly string[]): string {
  const note = '<!-- `npm run reference` writes this page from the code. -->';
  return `${[note, ...parts.filter(Boolean)].join('\n\n')}\n`;
}
