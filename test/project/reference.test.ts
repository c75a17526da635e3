import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { REFERENCE_PAGES } from '../../build/reference/reference.ts';
import { TOOL_EXAMPLES } from '../../build/reference/tool-examples.ts';
import { usage } from '../../src/app/command-line/usage.ts';
import { ERRORS } from '../../src/core/errors.ts';
import { TOOL_DEFINITIONS } from '../../src/tools/catalog.ts';

const read = (file: string) => readFileSync(file, 'utf8');

describe('the reference', () => {
  it.each(Object.entries(REFERENCE_PAGES))('%s is what `npm run reference` makes of the code', async (file, create) => {
    expect(read(file)).toBe(await create());
  });

  it('has every tool with every argument, in the order of `tools/list`', () => {
    const parts = read('docs/tools.md').split(/^## /m);
    const names = TOOL_DEFINITIONS.map(({ name }) => name);
    expect(
      parts.map((part) => part.split('\n')[0]).filter((name = '') => names.some((known) => known === name)),
    ).toStrictEqual(names);
    expect(Object.keys(TOOL_EXAMPLES)).toStrictEqual(names);
    for (const { name, inputSchema } of TOOL_DEFINITIONS) {
      const part = parts.find((each) => each.startsWith(`${name}\n`)) ?? '';
      for (const argument of Object.keys(inputSchema.properties)) expect(part).toContain(`| \`${argument}\` |`);
    }
  });

  it('has every error once, with its hint', () => {
    const text = read('docs/errors.md');
    for (const [code, { hint }] of Object.entries(ERRORS)) {
      expect(text.split(`\n### ${code}\n`)).toHaveLength(2);
      expect(text).toContain(hint);
    }
  });

  it('has every setting that --help lists, in one row', () => {
    const names = [...usage().matchAll(/^ {2}(--[\w-]+|[A-Z_]{6,})/gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(50);
    const ofProgram = names.filter((name) => !['--help', '--version'].includes(name));
    const cells = [...read('docs/settings.md').matchAll(/^\| (.*?) \| /gm)].map(([, cell = '']) => cell);
    for (const name of ofProgram)
      expect([name, cells.filter((cell) => new RegExp(`\`${name}[ \`]`).test(cell)).length]).toStrictEqual([name, 1]);
  });
});
