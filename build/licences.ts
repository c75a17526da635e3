import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BundledPackage, packagesIn, worksInUndici } from './packages.ts';

/** A package or a work of which a bundle holds a part, and its licence. */
interface Licensed {
  /** Name, version where one is known, and licence. */
  readonly title: string;
  readonly text: string;
}

/**
 * Returns the licences of all packages in a bundle, which their terms require. Packages with the same text share it.
 * @throws Error if a package or its licence is not found.
 */
export function licencesOf(modules: readonly string[]): string {
  const packages = packagesIn(modules);
  const undici = packages.find(({ name }) => name === 'undici')?.folder ?? '';
  const works = worksInUndici(modules).map(({ name, copyright }) => inUndici(undici, name, copyright));
  return [...groupByText([...packages.map(licenceOf), ...works])]
    .map(([text, same]) => ({ titles: same.map(({ title }) => title).sort(), text }))
    .sort((one, other) => ((one.titles[0] ?? '') < (other.titles[0] ?? '') ? -1 : 1))
    .map(({ titles, text }) => `${titles.join('\n')}\n\n${text}`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function licenceOf({ name, version, license, folder }: BundledPackage): Licensed {
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file));
  if (files.length === 0) throw new Error(`${name} has no licence file.`);
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8'));
  return { title: `${name} ${version} (${license})`, text: texts.join('\n\n') };
}

function inUndici(folder: string, name: string, copyright: string): Licensed {
  const licence = readFileSync(join(folder, 'LICENSE'), 'utf8');
  const terms = licence.indexOf('Permission is hereby granted');
  if (terms < 0) throw new Error('The licence of undici is not the MIT licence any more.');
  return { title: `${name} in undici (MIT)`, text: `${copyright}\n\n${licence.slice(terms)}` };
}

function groupByText(works: readonly Licensed[]): Map<string, Licensed[]> {
  const groups = new Map<string, Licensed[]>();
  for (const work of works) groups.set(work.text, [...(groups.get(work.text) ?? []), work]);
  return groups;
}
