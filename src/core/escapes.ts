/** Named character references that encoders of HTML and XML write for visible ASCII characters. */
const NAMED = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['sol', '/'],
  ['plus', '+'],
  ['equals', '='],
  ['num', '#'],
  ['percnt', '%'],
  ['colon', ':'],
  ['semi', ';'],
  ['comma', ','],
  ['period', '.'],
  ['quest', '?'],
  ['commat', '@'],
  ['lowbar', '_'],
  ['grave', '`'],
]);

/**
 * One character in the notation of JSON, JavaScript, HTML or URLs. The look-behind lets a run of backslashes match only
 * as a whole: the time stays linear, and no half of a pair remains.
 */
const ESCAPE =
  /(?<!\\)\\+(?:(?:u00|u\{0{0,4}|x)(?<js>[2-7][\da-f])\}?|(?<punctuation>[!#-&(-/:-@[\]^_`{-~]))|&#(?:x0{0,6}(?<hex>[2-7][\da-f])|0{0,6}(?<decimal>\d{2,3}));?|&(?<name>[a-z]{2,6});|%(?<percent>[2-7][\da-f])/gi;

/** A text with its escapes decoded, and the position of each character in the source. */
export interface Decoded {
  readonly text: string;
  /** Returns the position in the source at which the character at a position of the decoded text starts. */
  readonly toSource: (position: number) => number;
}

/** Decodes one level of escapes of visible ASCII characters, in all notations at once. Returns undefined without any. */
export function decodeEscapes(source: string): Decoded | undefined {
  if (!/[\\&%]/.test(source)) return undefined;
  const decodedAt: number[] = []; // Where each decoded character stands in the decoded text,
  const shrunkBy: number[] = []; // and how many characters of the source were removed up to it.
  let removed = 0;
  const text = source.replace(ESCAPE, (written, ...rest) => {
    const { js, punctuation, hex, decimal, name, percent }: Record<string, string | undefined> = rest.at(-1);
    const code = js ?? hex ?? percent;
    const number = code === undefined ? Number(decimal) : Number.parseInt(code, 16);
    const character = punctuation ?? NAMED.get(name?.toLowerCase() ?? '') ?? toVisible(number);
    if (character === undefined) return written;
    decodedAt.push(rest.at(-3) - removed);
    removed += written.length - 1;
    shrunkBy.push(removed);
    return character;
  });
  if (removed === 0) return undefined;
  return { text, toSource: (position) => position + (shrunkBy[countBelow(decodedAt, position) - 1] ?? 0) };
}

function toVisible(code: number): string | undefined {
  return code > 0x20 && code < 0x7f ? String.fromCharCode(code) : undefined;
}

/** Returns how many of the ascending numbers are below a limit. */
function countBelow(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
