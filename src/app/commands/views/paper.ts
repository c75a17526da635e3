import picocolors from 'picocolors';
import type { Screen } from '../../wiring.ts';
import { shorten, show, wrap } from './text.ts';

/** Width that is assumed where a terminal tells none, in columns. */
const WIDTH = 80;

/** Minimum width of a column that is shortened, in columns. */
const SHORTEST = 12;

/** Columns between two columns of a table. */
const GAP = '  ';

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** `whole` is never shortened, `short` is in its middle, and `optional` is left out where there is no room for it. */
  readonly fit: 'whole' | 'short' | 'optional';
  readonly cells: readonly string[];
}

/** Lays text out for a screen: its width, and colours where it has them. */
export class Paper {
  readonly colors: ReturnType<typeof picocolors.createColors>;
  /** Width in columns; infinite if nothing is to be shortened. */
  readonly width: number;

  constructor({ columns, hasColors }: Screen, wide: boolean) {
    this.colors = picocolors.createColors(hasColors);
    this.width = wide ? Number.POSITIVE_INFINITY : (columns ?? WIDTH);
  }

  /** Returns a text in lines of at most the width; words that are longer stay whole. */
  text(text: string, indent = ''): string {
    return wrap(text, this.width, indent);
  }

  /** Returns names with their values, whole: what a person copies must not be broken by this program. */
  fields(fields: readonly (readonly [name: string, value: unknown])[], indent = ''): string {
    const rows = fields.map(([name, value]) => [show(name), value] as const);
    const width = Math.max(0, ...rows.map(([name]) => name.length));
    return rows
      .map(([name, value]) => `${indent}${this.colors.dim(name.padEnd(width))}${GAP}${show(value)}`)
      .join('\n');
  }

  /** Returns a table that fits the width: columns are left out or shortened, or else each row becomes lines of its own. */
  table(columns: readonly Column[]): string {
    const kept = this.#drop(columns);
    const room = this.#room(kept);
    const short = kept.filter(({ fit }) => fit === 'short');
    const natural = short.reduce((sum, column) => sum + widthOf(column), 0);
    if (natural <= room) return this.#rows(kept);
    const each = Math.floor(room / Math.max(1, short.length));
    if (each < SHORTEST) return this.#stack(columns);
    return this.#rows(
      kept.map((column) =>
        column.fit === 'short' ? { ...column, cells: column.cells.map((cell) => shorten(cell, each)) } : column,
      ),
    );
  }

  /** Leaves out optional columns, the last first, until the others have room. */
  #drop(columns: readonly Column[]): readonly Column[] {
    const fits = columns.reduce((sum, column) => sum + widthOf(column) + GAP.length, -GAP.length) <= this.width;
    const last = columns.findLast(({ fit }) => fit === 'optional');
    return fits || !last ? columns : this.#drop(columns.filter((column) => column !== last));
  }

  /** Returns the width that is left for columns that are shortened. */
  #room(columns: readonly Column[]): number {
    const whole = columns.filter(({ fit }) => fit !== 'short').reduce((sum, column) => sum + widthOf(column), 0);
    return this.width - whole - GAP.length * (columns.length - 1);
  }

  #rows(columns: readonly Column[]): string {
    const line = (cells: readonly string[]) =>
      cells
        .map((cell, at) => cell.padEnd(widthOf(columns[at])))
        .join(GAP)
        .trimEnd();
    const count = columns[0]?.cells.length ?? 0;
    const rows = Array.from({ length: count }, (_, row) => line(columns.map(({ cells }) => cells[row] ?? '')));
    return [this.colors.bold(line(columns.map(({ title }) => title))), ...rows].join('\n');
  }

  #stack(columns: readonly Column[]): string {
    const [first, ...others] = columns;
    const width = Math.max(0, ...others.map(({ title }) => title.length));
    const blocks = (first?.cells ?? []).map((cell, row) => {
      const lines = others.map(({ title, cells }) => {
        const value = shorten(cells[row] ?? '', Math.max(SHORTEST, this.width - width - 2 * GAP.length));
        return `${GAP}${this.colors.dim(title.toLowerCase().padEnd(width))}${GAP}${value}`;
      });
      return [this.colors.bold(cell), ...lines].join('\n');
    });
    return blocks.join('\n');
  }
}

function widthOf(column: Column | undefined): number {
  return column ? Math.max(column.title.length, ...column.cells.map((cell) => cell.length)) : 0;
}
