import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import { TOKEN } from '../fixtures/harness.ts';

const ODD = 'a<b>&c=d/e+f%g`h?i~j#k;l-0123456789';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const each = (text: string, form: (code: string, char: string) => string) =>
  [...text].map((char) => form(char.charCodeAt(0).toString(16).padStart(2, '0'), char)).join('');
const html = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** How programs between here and a reader write a text in their own notation. */
const FORMS: readonly (readonly [string, (token: string) => string])[] = [
  ['plain', (token) => token],
  ['HTML entities', html],
  ['HTML entities of punctuation', (token) => html(token).replace(/\//g, '&#x2F;').replace(/=/g, '&#61;')],
  ['HTML entities of every character', (token) => each(token, (code) => `&#x${code};`)],
  ['HTML entities twice', (token) => html(token).replace(/\//g, '&#x2F;').replace(/&/g, '&amp;')],
  ['JSON with \\/', (token) => token.replaceAll('/', '\\/')],
  ['JSON with \\/, within JSON', (token) => JSON.stringify(token.replaceAll('/', '\\/')).slice(1, -1)],
  ['JSON \\u escapes of punctuation', (token) => token.replace(/\W/g, (char) => each(char, (code) => `\\u00${code}`))],
  ['JSON \\u escapes of every character', (token) => each(token, (code) => `\\u00${code}`)],
  ['\\x escapes', (token) => each(token, (code) => `\\x${code}`)],
  ['percent-encoding', encodeURIComponent],
  [
    'percent-encoding in lower case',
    (token) => encodeURIComponent(token).replace(/%../g, (code) => code.toLowerCase()),
  ],
  ['percent-encoding of every character', (token) => each(token, (code) => `%${code}`)],
  ['percent-encoding twice', (token) => encodeURIComponent(encodeURIComponent(token))],
  ...[0, 1, 2].map(
    (skew) => [`base64, ${skew} past a group`, (token: string) => base64('x'.repeat(skew) + token)] as const,
  ),
  ['base64 within a text', (token) => base64(`Bearer ${token}; more`)],
  ['base64 for URLs', (token) => Buffer.from(`??>${token}>>?`).toString('base64url')],
  ['base64, percent-encoded', (token) => encodeURIComponent(base64(`??>${token}>>?`))],
  ['base64 in JSON with \\/', (token) => base64(`??>${token}>>?`).replaceAll('/', '\\/')],
  ['hex', (token) => Buffer.from(token).toString('hex')],
  ['HEX', (token) => Buffer.from(token).toString('hex').toUpperCase()],
];

/** Whether a text, decoded in every way a reader might try, still holds eight characters of the token in a row. */
function leaks(text: string, token: string): boolean {
  const parts = Array.from({ length: token.length - 7 }, (_, at) => token.slice(at, at + 8));
  const words = text.match(/[\w+/-]{8,}/g) ?? [];
  const decoded = words.flatMap((word) =>
    [0, 1, 2, 3].map((at) => Buffer.from(word.slice(at), 'base64').toString('latin1')),
  );
  const hex = words.map((word) => Buffer.from(word, 'hex').toString('latin1'));
  return [text, ...decoded, ...hex].some((each) => parts.some((part) => each.includes(part)));
}

describe.each([TOKEN, ODD, `${'Ab3'.repeat(100)}==`])('the token %s', (token) => {
  const secret = new Secret(token);

  it.each(FORMS)('is redacted as %s', (_form, form) => {
    const given = JSON.stringify({ message: `before ${form(token)} after`, note: 'a "quoted" \\ text' });
    const text = secret.redact(given);
    expect(text).toContain('[redacted]');
    expect(text).not.toContain(form(token));
    expect(leaks(text, token)).toBe(false);
    const { message, note } = JSON.parse(text);
    expect(message).toMatch(/^before .*\[redacted\].* after$/);
    expect(note).toBe('a "quoted" \\ text');
  });

  it.each(FORMS)('is redacted as %s where it is cut', (_form, form) => {
    const [whole] = form(token);
    expect(whole).toBeDefined();
    const cut = `${form(token).slice(0, -6)}…`;
    expect(leaks(secret.redact(cut), token)).toBe(false);
  });

  it.each([
    '{"message":"nothing of it","path":"C:\\\\new\\u00e4\\\\\\/x","url":"https://a.example/?q=%20&amp;%zz&#x;&#99999999;"}',
    `${'\\'.repeat(1_001)}"`,
    'test-to ken-Zm9…',
    '',
  ])('leaves %.60j as it is', (text) => {
    expect(secret.redact(text)).toBe(text);
  });
});

it.each(['\\', '%25', '&amp;', '%', '&#x', TOKEN.slice(0, 8)])(
  'ends in time on half a million characters of %s',
  (part) => {
    // Where each character started a search of its own, this would take minutes.
    const text = `${part.repeat(500_000 / part.length)}…`;
    expect(new Secret(TOKEN).redact(text)).toMatch(/…$/);
  },
);
