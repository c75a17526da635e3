import { sanitize } from '../../../core/sanitize.ts';

/** Returns a value of a result as one line: booleans as yes and no, times in UTC, and nothing that controls a terminal. */
export function show(value: unknown): string {
  if (value === undefined || value === null || value === '') return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return sanitize(toTime(value), Number.POSITIVE_INFINITY);
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return show(value.join(', '));
  return sanitize(JSON.stringify(value), Number.POSITIVE_INFINITY);
}

/** Returns the day of a time of the API. */
export function showDay(value: unknown): string {
  return show(value).slice(0, 'YYYY-MM-DD'.length);
}

/** Returns a text of at most `max` characters: of a longer one, its begin and its end. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = Math.floor((max - 1) / 2);
  return `${text.slice(0, max - 1 - end)}…${end > 0 ? text.slice(-end) : ''}`;
}

/** Returns a text in lines of at most `width` columns, each indented. Words that are longer stay whole. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => `${indent}${each}`).join('\n');
}

/** Whether a value is an object with named fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the objects in a list. */
export function recordsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function toTime(text: string): string {
  const { day, time } =
    /^(?<day>\d{4}-\d\d-\d\d)T(?<time>\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|\+00:00)$/.exec(text)?.groups ?? {};
  return day === undefined ? text : `${day} ${time} UTC`;
}
