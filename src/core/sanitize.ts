/** The longest piece of foreign text that a message repeats unless told otherwise, in characters. */
const EXCERPT_MAX = 300;

/** A text as one printable line of at most `max` characters, so that foreign text cannot pose as ours. */
export function sanitize(text: string, max = EXCERPT_MAX): string {
  const line = text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  return (line.length > max ? `${line.slice(0, max - 1)}…` : line).toWellFormed();
}
