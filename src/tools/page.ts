import { cutToSize, jsonBytes } from '../core/json-size.ts';
import { type PageStart, type Place, writeCursor } from './cursor.ts';

/** Maximum length of the part of an id that lists are ordered by, in characters. A UUID has 36. */
const KEY_MAX = 64;

/** Maximum size of `total`, `next_cursor` and a note beside the entries of a page, in bytes of JSON. */
export const FRAME_MAX = 700;

/** What a page is of. */
export interface PageRequest<Entry, Shown> {
  readonly start: PageStart;
  readonly idOf: (entry: Entry) => string;
  /** Returns an entry as the result shows it. */
  readonly show: (entry: Entry) => Shown;
  /** Maximum size of the entries, in bytes of JSON; infinite for a whole list. */
  readonly room: number;
}

/** A part of a list that fits into one result. */
export interface Page<Shown> {
  readonly entries: Shown[];
  /** Number of entries in the whole list. */
  readonly total: number;
  /** The cursor of the next page; absent on the last one. */
  readonly next_cursor?: string;
  /** What is left out of an entry that is larger than a page by itself. */
  readonly cuts: readonly string[];
}

/**
 * Returns as many whole entries of a list as fit, at least one. The API has no paging and does not say in which order it lists, so
 * that pages are ordered by id: an entry that is added or removed meanwhile moves no other one from page to page, and the entry
 * that a cursor names may be gone. A list that fits as a whole keeps the API's order.
 */
export function pageOf<Entry, Shown extends object>(
  list: readonly Entry[],
  { start: { scope, after }, idOf, show, room }: PageRequest<Entry, Shown>,
): Page<Shown> {
  const total = list.length;
  const whole = after ? [] : fill(list, show, room);
  if (!after && whole.length === total) return { entries: whole, total, cuts: [] };
  const ordered = list
    .map((entry) => ({ entry, key: keyOf(idOf(entry)) }))
    .sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0));
  const rest = after ? ordered.slice(startAfter(ordered, after)) : ordered;
  const fitting = fill(rest, ({ entry }) => show(entry), room);
  const [first] = rest;
  const { entries, cuts } =
    fitting.length === 0 && first ? cutToFit(show(first.entry), room) : { entries: fitting, cuts: [] };
  const last = rest[entries.length - 1];
  if (!last || entries.length === rest.length) return { entries, total, cuts };
  const upToLast = ordered.slice(0, total - rest.length + entries.length);
  const count = upToLast.filter(({ key }) => key === last.key).length;
  return { entries, total, next_cursor: writeCursor(scope, { key: last.key, count }), cuts };
}

/** Whether an entry fits into a page of its own; otherwise it is cut. */
export function fitsAlone(entry: object, room: number): boolean {
  return jsonBytes(entry) <= room - '[],'.length;
}

/** Returns the shown entries from the start of a list that fit. */
function fill<Entry, Shown>(list: readonly Entry[], show: (entry: Entry) => Shown, room: number): Shown[] {
  if (room === Number.POSITIVE_INFINITY) return list.map(show);
  const shown: Shown[] = [];
  let left = room - '[]'.length;
  for (const entry of list) {
    const next = show(entry);
    left -= jsonBytes(next) + ','.length;
    if (left < 0) break;
    shown.push(next);
  }
  return shown;
}

function cutToFit<Shown extends object>(entry: Shown, room: number): Pick<Page<Shown>, 'entries' | 'cuts'> {
  const { value, cuts } = cutToSize(entry, room - '[],'.length);
  return { entries: [value], cuts };
}

/** Ids are ordered whatever their letter case, as they are compared. */
function keyOf(id: string): string {
  return id.toLowerCase().slice(0, KEY_MAX).toWellFormed();
}

/** Returns the position of the first entry that follows a place. */
function startAfter(ordered: readonly { readonly key: string }[], { key, count }: Place): number {
  let equal = 0;
  const start = ordered.findIndex((entry) => {
    if (entry.key === key) equal += 1;
    return entry.key > key || equal > count;
  });
  return start === -1 ? ordered.length : start;
}
