import { createHash } from 'node:crypto';
import { CmkError } from '../core/errors.ts';

/** A place in an ordered list: the entry that a page ends with. It need not exist any more. */
export interface Place {
  /** What the list is ordered by. */
  readonly key: string;
  /** How many entries of this key there are up to the place; 1 unless the API lists an id twice. */
  readonly count: number;
}

/** Number of hexadecimal digits that tell a cursor of this list from others and from a text that was copied wrongly. */
const DIGEST_LENGTH = 12;

/**
 * Returns an opaque cursor: a place, and a digest over it and over what the list is of (`scope`). It is no secret and needs no
 * signature, because it only says where a list that the caller may read goes on.
 */
export function writeCursor(scope: readonly unknown[], { key, count }: Place): string {
  const place = `${count} ${key}`;
  return Buffer.from(`${digestOf(scope, place)} ${place}`).toString('base64url');
}

/** Where a page starts. */
export interface PageStart {
  /** The tool, the project and the filters: what a cursor is bound to. */
  readonly scope: readonly unknown[];
  /** What the page follows; undefined for the first one. */
  readonly after: Place | undefined;
}

/**
 * Returns where the page of a call starts. Tools call it before they send a request, as for every other argument.
 * @throws CmkError `invalid_arguments` for a cursor of another scope, and for any other text.
 */
export function startOfPage(scope: readonly unknown[], cursor: string | undefined): PageStart {
  return { scope, after: cursor === undefined ? undefined : readCursor(cursor, scope) };
}

function readCursor(cursor: string, scope: readonly unknown[]): Place {
  const text = Buffer.from(cursor, 'base64url').toString();
  const place = text.slice(DIGEST_LENGTH + 1);
  const [, count, key] = /^(\d{1,9}) (.*)$/s.exec(place) ?? [];
  const isOwn = key !== undefined && writeCursor(scope, { key, count: Number(count) }) === cursor;
  if (isOwn) return { key, count: Number(count) };
  throw new CmkError(
    'invalid_arguments',
    'cursor is no next_cursor of a call with the same project and filters. Repeat those of that call, or leave cursor out to begin again.',
  );
}

function digestOf(scope: readonly unknown[], place: string): string {
  return createHash('sha256')
    .update(JSON.stringify([...scope, place]))
    .digest('hex')
    .slice(0, DIGEST_LENGTH);
}
