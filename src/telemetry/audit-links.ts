import type { ChainEnd, Findings } from './audit-findings.ts';
import type { ChainedLine } from './audit-line.ts';
import { Recent } from './audit-recent.ts';

/** Maximum time between the first lines of processes that began one file together, in milliseconds. */
const TOGETHER_MS = 10_000;

/** The latest line of a chain. */
interface Latest {
  readonly seq: number;
  readonly hash: string;
}

/** Checks that each line follows the one that it names, and that the lines of other chains that it names are before it. */
export class Links {
  readonly #findings: Findings;
  readonly #isPartial: boolean;
  readonly #latest = new Map<string, Latest>();
  readonly #recent = new Recent();
  /** The lines that no later line names, by their hashes. */
  readonly #ends = new Map<string, ChainEnd>();
  #first: ChainedLine | undefined;

  /** `isPartial`: chains may begin in files that are not given. */
  constructor(findings: Findings, isPartial: boolean) {
    this.#findings = findings;
    this.#isPartial = isPartial;
  }

  /** How many chains there are. */
  get chains(): number {
    return this.#latest.size;
  }

  /** The lines that no later line names. */
  get ends(): readonly ChainEnd[] {
    return [...this.#ends.values()];
  }

  startFile(): void {
    this.#first = undefined;
  }

  /** Checks a line whose hash is right. */
  check(place: ChainEnd, line: ChainedLine): void {
    const latest = this.#latest.get(line.chain);
    if (latest) this.#continueChain(place, line, latest);
    else if (line.seq === 1) this.#beginChain(place, line);
    else this.#enterChain(place, line);
    for (const each of line.after ?? []) {
      if (!this.#recent.has(each)) this.#findings.problem(place, `names a line ${each}, which is not before it`);
    }
    if (!latest || line.seq > latest.seq) this.#advance(place, line);
    this.#first ??= line;
  }

  /** Takes a line that was changed for what it says it was, so that the next is compared with that. */
  skip(place: ChainEnd, line: ChainedLine): void {
    if (this.#latest.get(line.chain)?.seq === line.seq - 1) this.#advance(place, line);
  }

  #continueChain(place: ChainEnd, { seq, prev }: ChainedLine, latest: Latest): void {
    if (seq <= latest.seq) this.#findings.problem(place, 'is repeated or out of order');
    else if (seq > latest.seq + 1) this.#missed(place, latest.seq + 1);
    else if (prev !== latest.hash) this.#findings.problem(place, 'follows another line than the one before it');
  }

  #beginChain(place: ChainEnd, line: ChainedLine): void {
    const { prev, after } = line;
    if (prev !== undefined) this.#findings.problem(place, 'is the first of its chain and names one before it');
    else if (after === undefined) this.#findings.problem(place, 'begins a chain without saying where');
    else if (after === null) this.#findings.note(place, 'begins a chain in a file that its process could not read');
    else if (after.length === 0 && !this.#isTogether(line)) {
      const text = 'began a file, and does not any more: it was moved, or lines were inserted before it';
      this.#findings.problem(place, text);
    }
  }

  /** Checks the first line that is there of a chain that began before. */
  #enterChain(place: ChainEnd, line: ChainedLine): void {
    const { seq, after } = line;
    // A process that goes on in a file of others names their lines.
    const isFromBefore = this.#isTogether(line) || after === null || (after !== undefined && after.length > 0);
    const text = `goes on with a chain; lines 1 to ${seq - 1} of it are not in these files`;
    if (this.#isPartial && isFromBefore) this.#findings.note(place, text);
    else this.#missed(place, 1);
  }

  /** Whether a line may have been written when its file was still empty, together with the first one. */
  #isTogether({ time }: ChainedLine): boolean {
    return !this.#first || Math.abs(time - this.#first.time) <= TOGETHER_MS;
  }

  #missed(place: ChainEnd, from: number): void {
    const lines = from === place.seq - 1 ? `line ${from}` : `lines ${from} to ${place.seq - 1}`;
    this.#findings.problem(place, `comes without ${lines} of its chain`);
  }

  #advance(place: ChainEnd, { chain, seq, prev, after, hash }: ChainedLine): void {
    this.#latest.set(chain, { seq, hash });
    for (const each of [prev, ...(after ?? [])]) if (each !== undefined) this.#ends.delete(each);
    this.#ends.set(hash, place);
    this.#recent.add(hash);
  }
}
