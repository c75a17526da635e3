/** Maximum number of problems, and of notes, that are kept; the others are counted. */
const KEPT_MAX = 100;

/** A place in a log. */
export interface Place {
  readonly file: string;
  /** The line's number in its file, from 1. */
  readonly line: number;
  readonly chain?: string;
  readonly seq?: number | undefined;
}

/** What was found at a place, in a sentence for a person. */
export interface Finding extends Place {
  readonly text: string;
}

/** A line that no later line names: what would follow it cannot be known. */
export interface ChainEnd extends Place {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
}

/** The result of a verification. */
export interface Report {
  /** Whether no problem was found. */
  readonly whole: boolean;
  readonly lines: number;
  readonly chains: number;
  /** How many lines were signed with a given key. */
  readonly signed: number;
  /** How many problems were found; the first hundred are in `problems`. */
  readonly count: number;
  readonly problems: readonly Finding[];
  /** What does not break the log, and what cannot be known. */
  readonly notes: readonly Finding[];
  /** The ends of the last file, of which a later verification can expect that they are still there. */
  readonly ends: readonly ChainEnd[];
}

/** Collects what is found. */
export class Findings {
  readonly problems: Finding[] = [];
  readonly notes: Finding[] = [];
  /** How many problems were found, also those that are not kept. */
  count = 0;

  problem(place: Place, text: string): void {
    this.count += 1;
    if (this.problems.length < KEPT_MAX) this.problems.push(findingOf(place, text));
  }

  note(place: Place, text: string): void {
    if (this.notes.length < KEPT_MAX) this.notes.push(findingOf(place, text));
  }
}

function findingOf({ file, line, chain, seq }: Place, text: string): Finding {
  return { file, line, ...(chain !== undefined && { chain, seq }), text };
}
