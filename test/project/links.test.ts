import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { anchorsOf, DOCUMENTS, linksOf } from '../fixtures/markdown.ts';

describe('links', () => {
  it.each(DOCUMENTS)('%s links only to files and headings that exist', (document) => {
    const broken = linksOf(document).filter(({ file, anchor }) => {
      if (!existsSync(file)) return true;
      return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).includes(anchor);
    });
    expect(broken.map(({ text }) => text)).toStrictEqual([]);
  });

  it('lead from docs/README.md to every page of docs/', () => {
    const reached = linksOf('docs/README.md').map(({ file }) => file);
    const pages = DOCUMENTS.filter((document) => /^docs\/[^/]+\.md$/.test(document) && document !== 'docs/README.md');
    expect(pages.filter((document) => !reached.includes(document))).toStrictEqual([]);
  });
});
