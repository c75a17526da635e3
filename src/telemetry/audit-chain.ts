import type { FileEnd } from './audit-end.ts';
import { chainLine } from './audit-line.ts';

export { readEnd } from './audit-end.ts';

/**
 * Links the lines that a process writes to one file. Processes that write to the same file have a chain each, and each names
 * the last lines of the others, so that a chain cannot be taken out as a whole (docs/decisions/0016).
 */
export class AuditChain {
  readonly #id = crypto.randomUUID().replaceAll('-', '').slice(0, 16);
  readonly #key: Uint8Array | undefined;
  #seq = 0;
  #prev: string | undefined;

  /** With `key`, each line is signed. */
  constructor(key?: Uint8Array) {
    this.#key = key;
  }

  /**
   * Returns the text to append for lines, each a JSON object and a line break. `end` is the end of the file; undefined if the
   * latest line of this chain is still its last.
   */
  append(lines: readonly string[], end: FileEnd | undefined): string {
    let text = end && !end.ended ? '\n' : '';
    lines.forEach((given, index) => {
      const link = { chain: this.#id, seq: this.#seq + 1, prev: this.#prev, ...(index === 0 && this.#found(end)) };
      const { line, hash } = chainLine(given.trimEnd(), link, this.#key);
      text += `${line}\n`;
      [this.#seq, this.#prev] = [link.seq, hash];
    });
    return text;
  }

  /** Returns what the first line says about the end of the file. */
  #found(end: FileEnd | undefined) {
    if (!end) return {};
    const { tips, torn, unchained } = end;
    const others = tips === null ? null : tips.filter((hash) => hash !== this.#prev);
    // A chain that goes on in an empty file, after a rotation, has nothing to name.
    const isNothing = this.#seq > 0 && others?.length === 0;
    return { after: isNothing ? undefined : others, torn, unchained };
  }
}
