import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package or a work of which a bundle holds a part, and its licence. */
interface Licensed {
  /** Name, version where one is known, and licence. */
  readonly title: string;
  readonly text: string;
}

/** Works in undici under the MIT licence, as undici itself, but without a licence file: by the module that holds them. */
const IN_UNDICI = [
  { module: /\/undici\/lib\/llhttp\/.*wasm\.js$/, name: 'llhttp', copyright: 'Copyright Fedor Indutny, 2018.' },
  {
    module: /\/undici\/lib\/web\/websocket\/receiver\.js$/,
    name: 'ws',
    copyright: `Copyright (c) 2011 Einar Otto Stangvik <einaros@gmail.com>
Copyright (c) 2013 Arnout Kazemier and contributors
Copyright (c) 2016 Luigi Pinca and contributors`,
  },
];

/**
 * Returns the licences of all packages in a bundle, which their terms require, also of packages that are inlined in another
 * package's module. Packages with the same text share it.
 * @throws Error if a package or its licence is not found.
 */
export function licencesOf(modules: readonly string[]): string {
  const folders = modules.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  const inlined = modules.filter((file) => existsSync(file)).flatMap(inlinedIn);
  const works = IN_UNDICI.flatMap(({ module, name, copyright }) => {
    const file = modules.find((each) => module.test(each));
    return file === undefined ? [] : [inUndici(file, name, copyright)];
  });
  const all = [...[...new Set([...folders, ...inlined])].map(packageIn), ...works];
  const byText = groupByText(all);
  return [...byText]
    .map(([text, works]) => ({ titles: works.map(({ title }) => title).sort(), text }))
    .sort((one, other) => ((one.titles[0] ?? '') < (other.titles[0] ?? '') ? -1 : 1))
    .map(({ titles, text }) => `${titles.join('\n')}\n\n${text}`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** Returns the folders of the packages that are inlined in a module: a bundler's comments name their files and versions. */
function inlinedIn(module: string): string[] {
  const comments = readFileSync(module, 'utf8').matchAll(
    /^\/\/#region \S*\/\.pnpm\/[^/]*?@(\d[^/_]*)[^/]*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//gm,
  );
  return [...comments].map(([, version = '', name = '']) => {
    const folder = join(import.meta.dirname, '../node_modules', name);
    const found = existsSync(folder) ? JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version : 'none';
    if (found !== version) throw new Error(`${module} holds ${name} ${version}, but ${found} is installed.`);
    return folder;
  });
}

function packageIn(folder: string): Licensed {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file));
  if (files.length === 0) throw new Error(`${name} has no licence file.`);
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'));
  return { title: `${name} ${version} (${license})`, text: texts.join('\n\n') };
}

function inUndici(module: string, name: string, copyright: string): Licensed {
  const licence = readFileSync(join(module.replace(/\/undici\/.*/, '/undici'), 'LICENSE'), 'utf8');
  const terms = licence.indexOf('Permission is hereby granted');
  if (terms < 0) throw new Error('The licence of undici is not the MIT licence any more.');
  return { title: `${name} in undici (MIT)`, text: `${copyright}\n\n${licence.slice(terms)}` };
}

function groupByText(works: readonly Licensed[]): Map<string, Licensed[]> {
  const groups = new Map<string, Licensed[]>();
  for (const work of works) groups.set(work.text, [...(groups.get(work.text) ?? []), work]);
  return groups;
}
