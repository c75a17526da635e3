import { ACCESSORS, seed } from '../../src/aiven/sandbox/state.ts';

/** The form of an id, and of a time, in results. */
const ID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi;
const TIME = /\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** What stands in the place of a time. */
const SOME_TIME = '2026-06-01T09:00:00.000000Z';

/** The id of a request for approval, where its link names it, and what stands in its place. */
const REQUEST = /(?<=\/approvals\/)[\w-]{22}/;
const SOME_REQUEST = 'mFJ4t0b1yqXo2cEwZr7LkA';

/**
 * Replaces what differs from run to run of a new sandbox: ids of new objects, by the order of their appearance, and times. What is
 * replaced keeps its form, so that the result of one call can be an argument of the next.
 */
export class Placeholders {
  /** Text that holds every id and time that does not vary. */
  #fixed = JSON.stringify([ACCESSORS, [...seed().values()].flatMap(({ cmks }) => [...cmks.values()])]);
  readonly #shown = new Map<string, string>();

  /** Returns a value with placeholders in place of ids and times, those of `given` excepted. */
  hide<T>(value: T, given: unknown = {}): T {
    this.#fixed += JSON.stringify(given);
    const text = JSON.stringify(value);
    const [request] = REQUEST.exec(text) ?? [];
    const hidden = (request === undefined ? text : text.replaceAll(request, SOME_REQUEST))
      .replace(ID, (id) => (this.#fixed.includes(id) ? id : this.#placeholderOf(id)))
      .replace(TIME, (time) => (this.#fixed.includes(time) ? time : SOME_TIME));
    return JSON.parse(hidden);
  }

  /** Returns a value with the ids that its placeholders stand for. */
  fill<T>(value: T): T {
    let text = JSON.stringify(value);
    for (const [id, shown] of this.#shown) text = text.replaceAll(shown, id);
    return JSON.parse(text);
  }

  #placeholderOf(id: string): string {
    const known = this.#shown.get(id);
    if (known !== undefined) return known;
    const digit = 'abcdef'[this.#shown.size];
    if (digit === undefined) throw new Error('There are more ids than placeholders.');
    const shown = [8, 4, 4, 4, 12].map((length) => digit.repeat(length)).join('-');
    const valid = `${shown.slice(0, 14)}4${shown.slice(15, 19)}8${shown.slice(20)}`;
    this.#shown.set(id, valid);
    return valid;
  }
}
