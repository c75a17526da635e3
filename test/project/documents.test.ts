import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const FOLDER = 'docs/decisions';

describe('the decisions', () => {
  const files = readdirSync(FOLDER);

  it.each(files)('%s has the number of its heading, and at most 30 lines', (file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    expect(/^# (\d+)\. /.exec(text)?.[1]?.padStart(4, '0')).toBe(file.slice(0, 4));
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(30);
  });

  it('are numbered one after the other', () => {
    const numbers = files.map((file) => Number(file.slice(0, 4))).sort((one, other) => one - other);
    expect(numbers).toStrictEqual(files.map((_file, index) => index + 1));
  });
});

describe('a document', () => {
  const documents = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
  ];

  it.each(documents)('%s names only files that exist', (document) => {
    const text = readFileSync(document, 'utf8');
    const named = [...text.matchAll(/`((?:src|test|bench|demo|deploy|docs)\/[\w./-]+\.\w+)`/g)].map(
      ([, path = '']) => path,
    );
    expect(named.filter((path) => !existsSync(path))).toStrictEqual([]);
  });
});
