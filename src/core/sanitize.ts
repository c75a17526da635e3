/** Maximum length of foreign text in a message unless told otherwise, in characters. */
const EXCERPT_MAX = 300;

/** Controls, white space, and characters that print as nothing or as a blank: Hangul fillers, selectors, U+2800. */
const INVISIBLE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]+/gu;

/** Returns a text as one line of at most `max` visible characters, so that foreign text cannot imitate the server's. */
export function sanitize(text: string, max = EXCERPT_MAX): string {
  const line = text.replace(INVISIBLE, ' ').trim();
  return (line.length > max ? `${line.slice(0, max - 1)}…` : line).toWellFormed();
}
