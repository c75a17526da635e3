import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCommand } from '../../src/app/config/config.ts';

const TOKEN = 'test-token-Zm9vYmFy';
const AIVEN_TOKEN = TOKEN;

/** Command lines and environments that are refused as the page says, in its order. */
const REFUSED: readonly (readonly [args: readonly string[], env: Readonly<Record<string, string>>])[] = [
  [[], {}],
  [[], { AIVEN_TOKEN: `\${AIVEN_TOKEN}` }],
  [[], { AIVEN_TOKEN: '' }],
  [[], { AIVEN_TOKEN: `"${TOKEN}"` }],
  [[], { AIVEN_TOKEN_FILE: '~/no-such-token' }],
  [[], { AIVEN_TOKEN, AIVEN_CMK_READONLY: '1' }],
  [['--readonly'], { AIVEN_TOKEN }],
  [['--project', TOKEN], { AIVEN_TOKEN }],
  [[], { AIVEN_TOKEN, AIVEN_CMK_PROJECT: TOKEN }],
  [['--http', '8080'], { AIVEN_TOKEN }],
  [['--http', '0.0.0.0:8080'], { AIVEN_TOKEN }],
  [['--http', '8080', '--sandbox', '--approval', 'page'], {}],
  [[], { AIVEN_TOKEN, HTTPS_PROXY: 'socks5://proxy:1080' }],
  [[], { AIVEN_TOKEN, NODE_TLS_REJECT_UNAUTHORIZED: '0' }],
];

/** Every message that the page quotes, without its quotation marks. */
const QUOTES = [...readFileSync('docs/troubleshooting.md', 'utf8').matchAll(/^ *> `(.*)`$/gm)].map(
  ([, text = '']) => text,
);

/** The sources, with an ellipsis in place of what templates fill in. */
const SOURCES = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join('src', name), 'utf8').replace(/\$\{[^{}]*\}/g, '…'));

describe('docs/troubleshooting.md quotes what the program prints', () => {
  const said: string[] = [];
  beforeAll(async () => {
    for (const [args, env] of REFUSED) {
      const refusal = await readCommand(args, env).then(
        () => 'not refused',
        (error: Error) => error.message,
      );
      said.push(refusal);
    }
  });

  it('in each of its quotes', () => {
    expect(QUOTES.length).toBeGreaterThan(40);
    const isPrinted = (quote: string) => said.includes(quote) || SOURCES.some((source) => source.includes(quote));
    expect(QUOTES.filter((quote) => !isPrinted(quote))).toStrictEqual([]);
    // A quote of hardly more than what varies would fit anything.
    expect(QUOTES.filter((quote) => quote.replaceAll('…', '').length < 15)).toStrictEqual([]);
  });

  it('for every start that is refused here', () => {
    expect(said.filter((message) => !QUOTES.includes(message))).toStrictEqual([]);
  });
});
