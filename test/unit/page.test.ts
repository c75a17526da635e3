import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonBytes } from '../../src/core/json-size.ts';
import { startOfPage } from '../../src/tools/cursor.ts';
import { type PageRequest, pageOf } from '../../src/tools/page.ts';
import { codePoint } from '../fixtures/arbitraries.ts';

interface Entry {
  readonly id: string;
  readonly pad?: string;
}

interface Call extends Partial<PageRequest<Entry, Entry>> {
  readonly scope?: readonly unknown[];
  readonly cursor?: string | undefined;
}

const request = ({ scope = ['list', 'p'], cursor, ...more }: Call = {}): PageRequest<Entry, Entry> => ({
  start: startOfPage(scope, cursor),
  idOf: ({ id }) => id,
  show: (entry) => entry,
  room: 200,
  ...more,
});

/** Reads all pages; `change` returns the list of the next page. */
function readAll(list: readonly Entry[], change = (left: readonly Entry[]) => left): Entry[] {
  const read: Entry[] = [];
  let now = list;
  let cursor: string | undefined;
  do {
    const page = pageOf(now, request({ cursor }));
    expect(jsonBytes(page.entries)).toBeLessThanOrEqual(200);
    expect(page.total).toBe(now.length);
    expect(page.next_cursor === undefined || page.entries.length > 0).toBe(true);
    read.push(...page.entries);
    if (read.length > 1_000) throw new Error('The pages have no end.');
    cursor = page.next_cursor;
    now = change(now);
  } while (cursor !== undefined);
  return read;
}

const id = fc.oneof(
  fc.uuid(),
  fc.constantFrom('a', 'A', 'b', '', '\ud800', '\n'),
  fc.string({ unit: codePoint, maxLength: 70 }),
);
const list = fc.array(
  id.map((each): Entry => ({ id: each })),
  { maxLength: 40 },
);
const byId = (entries: readonly Entry[]) => entries.map((entry) => JSON.stringify(entry)).sort();

describe('pages', () => {
  it('have every entry once, also those that share an id', () => {
    const check = (entries: readonly Entry[]) => {
      // An entry that is larger than a page is cut, below.
      const small = entries.filter((entry) => jsonBytes([entry]) < 200);
      expect(byId(readAll(small))).toStrictEqual(byId(small));
    };
    check(Array.from({ length: 30 }, () => ({ id: 'same' })));
    fc.assert(fc.property(list, check), { numRuns: 100 });
  });

  it('have every entry that stays once, in whatever order the API lists, whatever is added and removed between them', () => {
    const stay = Array.from({ length: 50 }, (_, at) => ({ id: `stay-${(at * 37) % 50}` }));
    const come = Array.from({ length: 50 }, (_, at) => ({ id: `${'abstz'[at % 5]}-${at}` }));
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (random) => {
        const next = () => random.next().value as number; // A stream without an end.
        const mix = () => [...stay, ...come.filter(() => next() % 2)].sort(() => (next() % 3) - 1);
        const read = readAll(mix(), mix);
        expect(byId(read.filter(({ id }) => id.startsWith('stay')))).toStrictEqual(byId(stay));
        expect(new Set(byId(read)).size).toBe(read.length);
      }),
      { numRuns: 30 },
    );
  });

  it('keep the API’s order where one has all, and have no limit for a shell', () => {
    const entries = ['c', 'a', 'b'].map((id) => ({ id }));
    expect(pageOf(entries, request())).toStrictEqual({ entries, total: 3, cuts: [] });
    const many = Array.from({ length: 3_000 }, (_, at) => ({ id: `${9_999 - at}` }));
    expect(pageOf(many, request({ room: Number.POSITIVE_INFINITY })).entries).toStrictEqual(many);
  });

  it('have an entry that is larger than a page alone, cut, and go on behind it', () => {
    const entries = [{ id: 'a' }, { id: 'b', pad: 'x'.repeat(900) }, { id: 'c' }];
    const first = pageOf(entries, request());
    const second = pageOf(entries, request({ cursor: first.next_cursor }));
    const third = pageOf(entries, request({ cursor: second.next_cursor }));
    expect([first.entries, third.entries]).toStrictEqual([[{ id: 'a' }], [{ id: 'c' }]]);
    expect(second.entries).toMatchObject([{ id: 'b' }]);
    expect(second.cuts).toMatchObject([expect.stringMatching(/^pad: the first \d+ of 900 characters$/)]);
    expect(jsonBytes(second.entries)).toBeLessThanOrEqual(200);
    expect(third.next_cursor).toBeUndefined();
  });

  it('go on behind an entry whose id is empty', () => {
    const entries = [{ id: '' }, { id: 'b', pad: 'x'.repeat(170) }];
    const { next_cursor: cursor } = pageOf(entries, request());
    expect(pageOf(entries, request({ cursor })).entries).toStrictEqual([entries[1]]);
  });

  it('refuse a cursor of another list, and whatever else is no cursor', () => {
    const entries = Array.from({ length: 30 }, (_, at) => ({ id: `entry-${at}` }));
    const { next_cursor: cursor = '' } = pageOf(entries, request());
    const refused = (given: string, more: object = {}) =>
      expect(() => pageOf(entries, request({ cursor: given, ...more }))).toThrow(
        /no next_cursor of a call with the same project/,
      );
    refused(cursor, { scope: ['list', 'q'] });
    refused(cursor, { scope: ['list', 'p', 'current'] });
    for (const odd of ['', ' ', cursor.slice(1), `${cursor}=`, cursor.toLowerCase(), `${cursor}A`, 'entry-1', '\u0000'])
      refused(odd);
    fc.assert(
      fc.property(fc.string({ unit: codePoint }), (odd) => void refused(odd)),
      { numRuns: 100 },
    );
    expect(pageOf(entries, request({ cursor })).entries).not.toHaveLength(0);
  });
});
