import { decodeEscapes } from './escapes.ts';

const REDACTED = '[redacted]';

/** Length of the parts that are redacted in a text that may hold only some of the value, in characters. */
const PART = 8;

/** Maximum number of levels of escapes that are decoded to find the value: `&amp;#x2F;` has two. */
const LEVELS = 3;

type Span = readonly [start: number, end: number];

/**
 * Holds a value and prints a placeholder where it is logged, inspected or serialised. A valid value is one that an HTTP
 * header can carry and that JSON does not escape, so that a text without escapes takes only a few substring searches.
 */
export class Secret {
  readonly #value: string;
  #forms: readonly string[] | undefined;
  #parts: ReadonlySet<string> | undefined;

  constructor(value: string) {
    this.#value = value;
  }

  /** Whether a text can be a token: 8 to 4096 visible ASCII characters without quotes and backslashes. */
  static isValid(value: string): boolean {
    return /^[!#-&(-[\]-~]{8,4096}$/.test(value);
  }

  /** Returns the value itself, for the one header that carries it and the one key that is derived from it. */
  expose(): string {
    return this.#value;
  }

  /** Whether a text holds the value, in any of the forms that `redact` replaces. */
  isIn(text: string): boolean {
    return this.#value !== '' && this.#spans(text).length > 0;
  }

  /**
   * Returns a text with every occurrence of the value replaced: as it is, in base64, in hex, and each of these with
   * HTML, JSON or URL escapes. Where the text was cut (`…`), parts of eight characters are replaced, too.
   */
  redact(text: string): string {
    if (this.#value === '') return text;
    const spans = this.#spans(text);
    if (spans.length === 0) return text;
    let kept = '';
    let at = 0;
    for (const [start, end] of spans.toSorted(([one], [other]) => one - other)) {
      if (start >= at) kept += text.slice(at, start) + REDACTED;
      at = Math.max(at, end);
    }
    return kept + text.slice(at);
  }

  #spans(text: string, level = 0): Span[] {
    this.#forms ??= formsOf(this.#value);
    const whole = this.#forms.flatMap((form) => occurrences(text, form));
    const found = text.includes('…') ? whole.concat(this.#partsIn(text)) : whole;
    const decoded = level < LEVELS ? decodeEscapes(text) : undefined;
    if (!decoded) return found;
    const { toSource } = decoded;
    const inner = this.#spans(decoded.text, level + 1);
    return found.concat(inner.map(([start, end]) => [toSource(start), toSource(end)]));
  }

  #partsIn(text: string): Span[] {
    this.#parts ??= new Set((this.#forms ?? []).flatMap(partsOf));
    const found: Span[] = [];
    for (let at = 0; at + PART <= text.length; at += 1) {
      if (!this.#parts.has(text.slice(at, at + PART))) continue;
      const start = at;
      while (this.#parts.has(text.slice(at + 1, at + 1 + PART))) at += 1;
      found.push([start, at + PART]);
      at += PART - 1;
    }
    return found;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }
}

/** Returns the texts to search for: the value, and those characters of its encodings that no neighbour changes. */
function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].map((skew) => {
    const encoded = Buffer.concat([Buffer.alloc(skew), bytes]).toString('base64');
    return encoded.slice(Math.ceil((skew * 8) / 6), Math.floor(((skew + bytes.length) * 8) / 6));
  });
  const forUrls = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [...new Set([value, ...base64, ...forUrls, hex, hex.toUpperCase()])];
}

function partsOf(form: string): string[] {
  return Array.from({ length: Math.max(0, form.length - PART + 1) }, (_, at) => form.slice(at, at + PART));
}

function occurrences(text: string, form: string): Span[] {
  const found: Span[] = [];
  for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + form.length)) {
    found.push([at, at + form.length]);
  }
  return found;
}
