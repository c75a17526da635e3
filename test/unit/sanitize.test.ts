import { describe, expect, it } from 'vitest';
import { sanitize } from '../../src/core/sanitize.ts';

describe('a text from outside', () => {
  it.each([
    ['a line break', 'a\r\nb'],
    ['a terminal escape sequence', 'a\u001b\u009bb'],
    ['a change of direction', 'a\u202eb'],
    ['a line separator', 'a\u2028b'],
    ['a Hangul filler', 'a\u3164\uffa0\u115f\u1160b'],
    ['a braille blank', 'a\u2800b'],
    ['a combining grapheme joiner', 'a\u034fb'],
    ['a variation selector', 'a\ufe0f\u{e0100}b'],
    ['a tag character', 'a\u{e0041}b'],
  ])('loses %s', (_what, text) => {
    expect(sanitize(text)).toBe('a b');
  });

  it('keeps letters, marks and signs of every script', () => {
    const text = 'Schlüssel-é 鍵 ключ مفتاح 🔑';
    expect(sanitize(text)).toBe(text);
  });

  it('is cut at its maximum, in characters that are whole', () => {
    expect(sanitize('x'.repeat(301))).toBe(`${'x'.repeat(299)}…`);
    expect(sanitize('x🔑y', 3).isWellFormed()).toBe(true);
  });
});
