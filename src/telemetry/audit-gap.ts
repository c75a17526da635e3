import type { Findings, Place } from './audit-findings.ts';
import { type ChainedLine, digest } from './audit-line.ts';

/** A line that has no link. */
interface Unlinked {
  readonly place: Place;
  readonly bytes: Buffer;
}

const TORN = 'is incomplete: a crash or a full disk cut it, or somebody did before the next line was written';
const UNREAD = 'is incomplete, it seems: the process that wrote the next line could not read it';
const BLANK = 'is empty: it was inserted';
const UNLINKED = 'has no link: it was changed or inserted, or an older version wrote it';

/**
 * The lines without a link between two that have one. The next line says what they are: a line that a crash left incomplete, or
 * the lines from before there were chains. All others are a problem.
 */
export class Gap {
  readonly #findings: Findings;
  #count = 0;
  #first: Unlinked | undefined;
  #latest: Unlinked | undefined;
  #before: Unlinked | undefined;
  #blank: Place | undefined;
  /** The hashes that were accepted in this file: processes that write at the same time name the same line. */
  #accepted = new Set<string>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  add(place: Place, bytes: Buffer): void {
    if (bytes.length === 0) this.#blank ??= place;
    else {
      this.#count += 1;
      [this.#before, this.#latest] = [this.#latest, { place, bytes }];
      this.#first ??= this.#latest;
    }
  }

  /** Ends before a line that has a link. `previous` is the line with a link before it, undefined for the first of its file. */
  close(place: Place, { torn, unchained, after }: ChainedLine, previous: Buffer | undefined): void {
    if (torn !== undefined) this.#closeTorn(place, torn, previous);
    else if (after === null && this.#count === 1) this.#acceptLatest(UNREAD);
    if (unchained !== undefined) this.#closeUnchained(place, unchained, previous === undefined);
    // Who finds an incomplete line, or cannot read, begins a new line; two who do so at the same time leave an empty one.
    const mayBeBlank = torn !== undefined || unchained !== undefined || after === null;
    if (this.#blank && !mayBeBlank) this.#findings.problem(this.#blank, BLANK);
    this.#refuse();
  }

  /** Ends with the file. A last line without a line break is incomplete: nothing follows that could name it. */
  end(isCut: boolean): void {
    if (isCut) this.#acceptLatest('is incomplete: it is being written, or a crash cut it, or somebody did');
    if (this.#blank) this.#findings.problem(this.#blank, BLANK);
    this.#refuse();
    this.#accepted = new Set();
  }

  #closeTorn(place: Place, torn: string, previous: Buffer | undefined): void {
    if (this.#latest && digest(this.#latest.bytes) === torn) {
      this.#acceptLatest(TORN);
      this.#accepted.add(torn);
    } else if (!this.#accepted.has(torn) && !(this.#count === 0 && previous && digest(previous) === torn)) {
      this.#findings.problem(place, 'names an incomplete line before it, which was changed or dropped');
    }
  }

  #closeUnchained(place: Place, unchained: string, isFirst: boolean): void {
    if (isFirst && this.#first && this.#latest && digest(this.#latest.bytes) === unchained) {
      const lines = `${this.#count} ${this.#count === 1 ? 'line' : 'lines'}`;
      this.#findings.note(this.#first.place, `${lines} from before the chain, of which only the last is covered`);
      this.#accepted.add(unchained);
      this.#count = 0;
    } else if (!this.#accepted.has(unchained)) {
      this.#findings.problem(place, 'names lines from before the chain, which were changed or dropped');
    }
  }

  #acceptLatest(text: string): void {
    if (this.#latest) this.#findings.note(this.#latest.place, text);
    this.#count -= 1;
    [this.#latest, this.#before] = [this.#before, undefined];
  }

  #refuse(): void {
    const more = this.#count > 1 ? ` (as do ${this.#count - 1} more lines)` : '';
    if (this.#count > 0 && this.#first) this.#findings.problem(this.#first.place, `${UNLINKED}${more}`);
    this.#count = 0;
    [this.#first, this.#latest, this.#before, this.#blank] = [undefined, undefined, undefined, undefined];
  }
}
