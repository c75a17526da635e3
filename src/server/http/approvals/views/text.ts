import { html } from 'hono/html';

/** A part of a page, in which all that came from outside is escaped. */
export type Html = ReturnType<typeof html>;

/** Maximum length of a value, in characters: four times that of a key identifier. */
const VALUE_MAX = 2_048;

/** What prints as nothing or as a blank, or changes the direction of what follows. */
const HIDDEN = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Returns a text in which every character can be seen: hidden ones are written as their code point, `⟨U+202E⟩`. */
export function visible(text: string): string {
  const shown =
    text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX)}… (${text.length - VALUE_MAX} more characters)` : text;
  return shown.replace(HIDDEN, (character) => `⟨U+${codeOf(character)}⟩`);
}

function codeOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

/** A value that has to be read to the letter, in the order of its characters. */
export function exact(text: string): Html {
  return html`<code dir="ltr">${visible(text)}</code>`;
}

/** A name or a sentence of somebody, whose direction changes nothing around it. */
export function said(text: string): Html {
  return html`<bdi>${visible(text)}</bdi>`;
}

/** A point in time, given in milliseconds since the epoch, to the second and in UTC. */
export function time(milliseconds: number): Html {
  const iso = `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
  return html`<time datetime="${iso}">${iso.replace('T', ' ').replace('Z', ' UTC')}</time>`;
}
