/** The columns of a list of keys, as `avn project cmks list` prints them (`byok.mdx`, "List CMKs"). */
const COLUMNS = ['id', 'status', 'provider', 'resource', 'default_cmk', 'created_at'];

type Row = Readonly<Record<string, unknown>>;

/** Returns a result as `avn` prints it; undefined for a result that `avn` does not have. */
export function toTable(payload: Row): string | undefined {
  const { cmks, cmk, accessors } = payload;
  if (Array.isArray(cmks))
    return columns(
      COLUMNS,
      cmks.map((each: Row) => COLUMNS.map((name) => show(each[name]))),
    );
  if (isRow(cmk))
    return columns(
      ['property', 'value'],
      Object.entries(cmk).map(([name, value]) => [name, show(value)]),
    );
  if (!isRow(accessors)) return undefined;
  const rows = Object.entries(accessors).flatMap(([cloud, details]) =>
    Object.entries(isRow(details) ? details : {}).map(([name, value]) => [cloud, `${name}  ${show(value)}`]),
  );
  return columns(['PROVIDER', 'DETAILS'], rows);
}

function columns(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, at) => Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(titles), line(widths.map((width) => '='.repeat(width))), ...rows.map(line)].join('\n');
}

/** Returns a value as the text of a cell; booleans as in Python, in which `avn` is written. */
function show(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
