/** A measurement, with one value per run, and its target. */
export interface Measurement {
  readonly name: string;
  readonly runs: readonly number[];
  readonly unit?: string;
  /** Digits after the decimal point; none unless set. */
  readonly digits?: number;
  /** Measurements without a target explain those that have one. */
  readonly target?: { readonly most: number } | { readonly least: number };
}

/** Returns the median of values. */
export function median(runs: readonly number[]): number {
  const sorted = [...runs].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** Returns the ratio of two measurements, run by run. */
export function ratios(these: readonly number[], those: readonly number[]): number[] {
  return these.map((value, run) => value / (those[run] ?? Number.NaN));
}

/** Whether the median is within the target. */
export function isMet({ runs, target }: Measurement): boolean {
  if (!target) return true;
  return 'most' in target ? median(runs) <= target.most : median(runs) >= target.least;
}

/** Returns measurements as a table in Markdown. */
export function measurementTable(measurements: readonly Measurement[]): string {
  const rows = measurements.map((measurement) => {
    const { name, runs, unit = '', target } = measurement;
    const show = (value: number) => `${number(value, measurement.digits)}${unit && ` ${unit}`}`;
    const range =
      runs.length > 1 ? `${number(Math.min(...runs), measurement.digits)} to ${show(Math.max(...runs))}` : '–';
    const bound = target ? ('most' in target ? `≤ ${show(target.most)}` : `≥ ${show(target.least)}`) : '–';
    const verdict = target ? (isMet(measurement) ? 'met' : '**missed**') : '–';
    return [name, bound, show(median(runs)), range, String(runs.length), verdict];
  });
  return table(['measurement', 'target', 'median', 'range', 'runs', 'verdict'], rows);
}

/** Returns a table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

/** Returns a number with separators of thousands: 1,234.5. */
export function number(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
