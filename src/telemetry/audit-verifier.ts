import { type ChainEnd, Findings, type Place, type Report } from './audit-findings.ts';
import { Gap } from './audit-gap.ts';
import { digest, readLine } from './audit-line.ts';
import { Links } from './audit-links.ts';
import { Signatures } from './audit-signatures.ts';

/** What is given beside the files. */
export interface VerifyOptions {
  /** The keys with which the lines are signed; one of them has to match. None: signatures are not checked. */
  readonly keys: readonly Uint8Array[];
  /** Ends of an earlier verification, which the log must still hold. */
  readonly expected: readonly { readonly seq: number; readonly hash: string }[];
  /** Whether files before these are missing on purpose, so that chains may begin in them. */
  readonly isPartial: boolean;
}

/**
 * Verifies the lines of audit files, from the oldest to the newest. It keeps some hundred bytes a chain and the hashes of recent
 * lines, however long the files are.
 */
export class AuditVerifier {
  readonly #findings = new Findings();
  readonly #gap = new Gap(this.#findings);
  readonly #links: Links;
  readonly #signatures: Signatures;
  readonly #missing: Set<string>;
  #place: Place = { file: '', line: 0 };
  #lastFile = '';
  /** The line with a link before, in the same file. */
  #previous: Buffer | undefined;
  #isCut = false;
  #lines = 0;

  constructor({ keys, expected, isPartial }: VerifyOptions) {
    this.#links = new Links(this.#findings, isPartial);
    this.#signatures = new Signatures(keys, this.#findings);
    this.#missing = new Set(expected.map(({ seq, hash }) => `${seq}:${hash}`));
  }

  /** Begins a file. */
  startFile(file: string): void {
    this.#endFile();
    this.#place = { file, line: 0 };
  }

  /** Adds the next line, without its line break. `isCut` if it has none, which only the last of a file can be. */
  add(bytes: Buffer, isCut: boolean): void {
    this.#place = { file: this.#place.file, line: this.#place.line + 1 };
    this.#lines += 1;
    const line = readLine(bytes);
    if (!line) {
      this.#gap.add(this.#place, bytes);
      this.#isCut = isCut;
      return;
    }
    const { chain, seq, hash, body } = line;
    const place: ChainEnd = { ...this.#place, chain, seq, hash };
    this.#gap.close(this.#place, line, this.#previous);
    [this.#previous, this.#lastFile] = [bytes, place.file];
    if (isCut) this.#findings.note(place, 'lacks its line break: the process was ended while it wrote');
    if (digest(body) !== hash) {
      this.#findings.problem(place, 'was changed');
      this.#links.skip(place, line);
      return;
    }
    this.#signatures.check(place, line);
    this.#links.check(place, line);
    this.#missing.delete(`${seq}:${hash}`);
  }

  /** Ends the log. */
  finish(): Report {
    this.#endFile();
    this.#signatures.end();
    for (const end of this.#missing) this.#findings.problem(this.#place, `the log does not hold ${end} any more`);
    const [ends, earlier]: [ChainEnd[], ChainEnd[]] = [[], []];
    for (const end of this.#links.ends) (end.file === this.#lastFile ? ends : earlier).push(end);
    const text = 'is named by no later line: whether lines were cut off after it cannot be known';
    for (const end of earlier) this.#findings.note(end, text);
    const { count, problems, notes } = this.#findings;
    const { chains } = this.#links;
    const { signed } = this.#signatures;
    return { whole: count === 0, lines: this.#lines, chains, signed, count, problems, notes, ends };
  }

  #endFile(): void {
    this.#gap.end(this.#isCut);
    this.#links.startFile();
    [this.#previous, this.#isCut] = [undefined, false];
  }
}
