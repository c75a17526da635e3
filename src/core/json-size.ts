import { sanitize } from './sanitize.ts';

/**
 * Maximum size of a result as JSON in UTF-8, in bytes. A token of a model has at least one byte, so that no content and no tokenizer
 * makes more tokens of it.
 */
export const RESULT_MAX = 10_000;

/** Minimum room for the value of a field or the first entry of a list, in bytes. A number, or a few characters of a text, need less. */
const ROOM_MIN = 40;

/** Maximum size of one character of a text in JSON, in bytes: an escape such as `\u001f`. */
const CHARACTER_MAX = 6;

/** Maximum number of cuts that are described. */
const CUTS_MAX = 5;

/** Returns the size of a value as JSON in UTF-8, in bytes. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}

/** Returns how many entries from the start of a list fit into so many bytes of JSON, commas included. */
export function countThatFit(entries: readonly unknown[], room: number, sizeOf = jsonBytes): number {
  if (room === Number.POSITIVE_INFINITY) return entries.length;
  let left = room - '[]'.length;
  const end = entries.findIndex((entry) => {
    left -= sizeOf(entry) + 1;
    return left < 0;
  });
  return end === -1 ? entries.length : end;
}

/** A value of JSON that has at most a given size, and what is not in it. */
export interface Fitted<Value> {
  readonly value: Value;
  /** Each cut in words, at most six: `cmk.note: the first 200 of 5,000 characters`. */
  readonly cuts: readonly string[];
}

/** Returns what was left out of something, as a list of one warning, or of none where nothing was. */
export function describeCuts(subject: string, cuts: readonly string[]): string[] {
  return cuts.length > 0 ? [`${subject} is too large for one result. It has ${cuts.join('; ')}.`] : [];
}

/**
 * Returns an object, cut to at most `max` bytes of JSON, which must be over `ROOM_MIN`. Small fields stay whole; the rest is divided
 * equally among the large ones. Of lists and texts the beginning stays.
 */
export function cutToSize<Value extends object>(value: Value, max: number): Fitted<Value> {
  if (max === Number.POSITIVE_INFINITY) return { value, cuts: [] };
  const found: string[] = [];
  const cutting = { cuts: found, sizeOf: createSizeOf() };
  const fitted = cut(value, max, '', cutting) as Value; // An object stays one, with fields left out or shortened.
  const cuts = found.slice(0, CUTS_MAX);
  return { value: fitted, cuts: found.length > CUTS_MAX ? [...cuts, 'and more'] : cuts };
}

/** What the cuts of one value share. */
interface Cutting {
  readonly cuts: string[];
  readonly sizeOf: (value: unknown) => number;
}

/**
 * Returns `jsonBytes` for values of JSON that remembers the size of each list and object: to measure what is nested anew at each
 * level would take seconds for a large response.
 */
function createSizeOf(): (value: unknown) => number {
  const sizes = new Map<object, number>();
  const measure = (value: object): number => {
    const inside = Array.isArray(value)
      ? value.map(sizeOf)
      : Object.entries(value).flatMap(([name, field]) =>
          field === undefined ? [] : jsonBytes(name) + ':'.length + sizeOf(field),
        );
    const commas = Math.max(0, inside.length - 1);
    return inside.reduce((sum, size) => sum + size, '[]'.length + commas);
  };
  const sizeOf = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return jsonBytes(value);
    const size = sizes.get(value) ?? measure(value);
    sizes.set(value, size);
    return size;
  };
  return sizeOf;
}

/** Returns a value cut to a room of at least `ROOM_MIN`. */
function cut(value: unknown, room: number, path: string, cutting: Cutting): unknown {
  if (cutting.sizeOf(value) <= room) return value;
  if (typeof value === 'string') return cutText(value, room, path, cutting);
  if (Array.isArray(value)) return cutList(value, room, path, cutting);
  return cutObject(value as object, room, path, cutting); // No number, boolean or null is larger than `ROOM_MIN`.
}

function cutText(text: string, room: number, path: string, { cuts }: Cutting): string {
  const length = Math.floor((room - '"…"'.length - 2) / CHARACTER_MAX);
  note(cuts, path, length, text.length, 'characters');
  return `${text.slice(0, length).toWellFormed()}…`;
}

function cutList(list: readonly unknown[], room: number, path: string, cutting: Cutting): unknown[] {
  const count = countThatFit(list, room, cutting.sizeOf);
  const inside = room - '[]'.length;
  const isFirstCut = count === 0 && inside >= ROOM_MIN;
  note(cutting.cuts, path, isFirstCut ? 1 : count, list.length, 'entries');
  return isFirstCut ? [cut(list[0], inside, `${path}[0]`, cutting)] : list.slice(0, count);
}

function cutObject(object: object, room: number, path: string, cutting: Cutting): object {
  const { cuts, sizeOf } = cutting;
  const fields = Object.entries(object).map(([name, value]) => {
    const head = jsonBytes(name) + ':,'.length;
    return { name, value, head, size: head + sizeOf(value) };
  });
  const kept = new Map<string, unknown>();
  let left = room - '{}'.length;
  let waiting = fields.length;
  for (const { name, value, head, size } of fields.toSorted((one, other) => one.size - other.size)) {
    const share = size <= left / waiting ? size : Math.floor(left / waiting);
    waiting -= 1;
    // A list needs room for a part of an entry: without any it would say that there is none.
    if (size > share && share - head < ROOM_MIN + '[]'.length) continue;
    const fitted = cut(value, share - head, path === '' ? name : `${path}.${name}`, cutting);
    kept.set(name, fitted);
    left -= head + jsonBytes(fitted);
  }
  note(cuts, path, kept.size, fields.length, 'fields');
  const names = fields.map(({ name }) => name).filter((name) => kept.has(name));
  return Object.fromEntries(names.map((name) => [name, kept.get(name)]));
}

function note(cuts: string[], path: string, shown: number, all: number, what: string): void {
  if (shown === all) return;
  const where = path === '' ? 'the result' : sanitize(path, 60);
  cuts.push(`${where}: the first ${shown.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} ${what}`);
}
