import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readInventory } from '../../src/server/views/inventory.ts';

const html = readFileSync('src/server/views/inventory.html', 'utf8');

/** Returns the text of the only element of a kind. */
function onlyElement(tag: string): string {
  const found = [...html.matchAll(new RegExp(`<${tag}[^>]*>(.*?)</${tag}>`, 'gs'))];
  expect(found).toHaveLength(1);
  return found[0]?.[1] ?? '';
}

describe('the inventory view', () => {
  it('has under 12,000 bytes', () => {
    expect(Buffer.byteLength(html)).toBeLessThan(12_000);
  });

  it.each(['script', 'style'])('allows its own %s alone, by its hash', (tag) => {
    const hash = createHash('sha256').update(onlyElement(tag)).digest('base64');
    expect(html).toContain(`${tag}-src 'sha256-${hash}'`);
  });

  it('asks for nothing from outside, and takes no text as HTML', () => {
    expect(html).toContain("default-src 'none'");
    expect(html).toContain("require-trusted-types-for 'script'");
    expect(html).not.toMatch(/https?:\/\/|@import|url\(|\bsrc=|<(?:link|img|iframe|form)\b/);
    expect(html).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\bfetch\(/);
  });

  it('calls no tool and sends the chat nothing', () => {
    const methods = [...html.matchAll(/(?:request\(|method: )'([^']+)'/g)].map(([, method]) => method);
    expect(methods.sort()).toStrictEqual([
      'ui/initialize',
      'ui/notifications/initialized',
      'ui/notifications/size-changed',
      'ui/open-link',
    ]);
  });

  it('shows the same characters as the approval page', () => {
    const text = readFileSync('src/server/http/approvals/views/text.ts', 'utf8');
    const [, hidden = ''] = /^const HIDDEN = (.*);$/m.exec(text) ?? [];
    expect(hidden).toContain('Default_Ignorable');
    expect(html).toContain(`const HIDDEN = ${hidden};`);
  });

  it('carries an address as text, whatever it has', async () => {
    const { text } = await readInventory('https://a.example/approvals?"><script>&$&');
    expect(text).toContain('content="https://a.example/approvals?&#34;&#62;&#60;script&#62;&#38;$&#38;">');
    expect(text.replace(/(name="approval-page" content=")[^"]*/, '$1')).toBe(html);
  });
});
