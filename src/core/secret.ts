/**
 * A value that prints as a placeholder wherever it is logged, inspected or serialised. Its shape is what an HTTP header
 * can carry and JSON never escapes, so that finding it in any serialised text is one substring search.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** Whether a text can be a token: 8 or more visible ASCII characters without quotes and backslashes. */
  static isValid(value: string): boolean {
    return /^[!#-&(-[\]-~]{8,4096}$/.test(value);
  }

  /** The value itself, for the one header that carries it and the one key that is derived of it. */
  expose(): string {
    return this.#value;
  }

  /**
   * A text with every occurrence of the value replaced, and, where the text may have been cut or escaped, every part of
   * the value of eight characters or more.
   */
  redact(text: string): string {
    if (this.#value === '') return text;
    const whole = text.includes(this.#value) ? text.replaceAll(this.#value, '[redacted]') : text;
    return /…|\\u/.test(whole) ? this.#redactParts(whole) : whole;
  }

  #redactParts(text: string): string {
    const size = 8;
    const parts = new Set(
      Array.from(this.#value, (_, at) => this.#value.slice(at, at + size)).filter((part) => part.length === size),
    );
    let kept = '';
    for (let at = 0; at < text.length; ) {
      if (!parts.has(text.slice(at, at + size))) {
        kept += text[at];
        at += 1;
        continue;
      }
      while (parts.has(text.slice(at, at + size))) at += 1;
      at += size - 1;
      kept += '[redacted]';
    }
    return kept;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }
}
