/** What was measured, once per run, and what it is to be at most or at least. */
export interface Figure {
  readonly name: string;
  readonly runs: readonly number[];
  readonly unit?: string;
  /** Digits after the decimal point; none unless told. */
  readonly digits?: number;
  /** Figures without a target explain those that have one. */
  readonly target?: { readonly most: number } | { readonly least: number };
}

/** The middle of the runs. */
export function median(runs: readonly number[]): number {
  const sorted = [...runs].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** Each run's one number over its other. */
export function ratios(these: readonly number[], those: readonly number[]): number[] {
  return these.map((value, run) => value / (those[run] ?? Number.NaN));
}

/** Whether the median is within the target. */
export function isMet({ runs, target }: Figure): boolean {
  if (!target) return true;
  return 'most' in target ? median(runs) <= target.most : median(runs) >= target.least;
}

/** The figures as a table in Markdown. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { name, runs, unit = '', target } = figure;
    const show = (value: number) => `${number(value, figure.digits)}${unit && ` ${unit}`}`;
    const range = runs.length > 1 ? `${number(Math.min(...runs), figure.digits)} to ${show(Math.max(...runs))}` : '–';
    const bound = target ? ('most' in target ? `≤ ${show(target.most)}` : `≥ ${show(target.least)}`) : '–';
    const verdict = target ? (isMet(figure) ? 'met' : '**missed**') : '–';
    return [name, bound, show(median(runs)), range, String(runs.length), verdict];
  });
  return table(['figure', 'target', 'median', 'range', 'runs', 'verdict'], rows);
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

/** A number as people read it: 1,234.5. */
export function number(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
