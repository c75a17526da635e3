import type { ChainEnd, Findings } from './audit-findings.ts';
import { type ChainedLine, sign } from './audit-line.ts';

/** Checks the signatures of lines. Lines from before there was a key count only if the first signed line names the last of them. */
export class Signatures {
  readonly #keys: readonly Uint8Array[];
  readonly #findings: Findings;
  #signed = 0;
  #unchecked: ChainEnd | undefined;
  /** The first line without a signature, and the hash of the latest. */
  #unsigned: { readonly first: ChainEnd; latest: string; count: number } | undefined;

  constructor(keys: readonly Uint8Array[], findings: Findings) {
    this.#keys = keys;
    this.#findings = findings;
  }

  /** How many lines were signed with one of the keys. */
  get signed(): number {
    return this.#signed;
  }

  check(place: ChainEnd, { hash, mac, after }: ChainedLine): void {
    if (this.#keys.length === 0) {
      if (mac !== undefined) this.#unchecked ??= place;
    } else if (mac === undefined) {
      if (this.#signed > 0) this.#findings.problem(place, 'is not signed, though lines before it are');
      this.#unsigned ??= { first: place, latest: hash, count: 0 };
      this.#unsigned.latest = hash;
      this.#unsigned.count += 1;
    } else if (!this.#keys.some((key) => sign(hash, key) === mac)) {
      this.#findings.problem(place, 'was signed with another key, or forged');
    } else {
      if (this.#signed === 0 && this.#unsigned) this.#acceptUnsigned(this.#unsigned, after ?? []);
      this.#signed += 1;
    }
  }

  end(): void {
    if (this.#unchecked) this.#findings.note(this.#unchecked, 'is signed: no signature was checked without --key-file');
    if (this.#signed === 0 && this.#unsigned)
      this.#findings.problem(this.#unsigned.first, 'is not signed, nor is any other');
  }

  #acceptUnsigned(
    { first, latest, count }: { first: ChainEnd; latest: string; count: number },
    named: readonly string[],
  ) {
    const lines = `${count} ${count === 1 ? 'line' : 'lines'}`;
    if (named.includes(latest))
      this.#findings.note(first, `${lines} without a signature; the first signed line covers them`);
    else this.#findings.problem(first, `${lines} without a signature, which no signed line covers`);
  }
}
