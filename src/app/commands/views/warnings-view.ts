import type { Paper } from './paper.ts';
import { forPerson } from './person.ts';
import { show } from './text.ts';

/** Returns warnings as lines that begin with an exclamation mark. */
export function describeWarnings(value: unknown, paper: Paper): string | undefined {
  const texts = Array.isArray(value) ? value : [];
  if (texts.length === 0) return undefined;
  return texts.map((text) => paper.colors.yellow(paper.text(`! ${forPerson(show(text))}`))).join('\n');
}
