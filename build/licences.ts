import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package or a work of which a bundle holds a part, and the terms under which it is passed on. */
interface Licensed {
  /** Name, version where one is known, and licence. */
  readonly title: string;
  readonly text: string;
}

/** Works that undici holds under the MIT licence, the terms of its own, without a file of theirs: by the module they are in. */
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
 * Returns the licences of all packages of which a bundle's modules are a part, as their terms ask of who passes them on,
 * those that a package has in a module of its own included. Throws where a package or its licence is not found.
 */
export function licencesOf(modules: readonly string[]): string {
  const folders = modules.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  const inlined = modules.filter((file) => existsSync(file)).flatMap(inlinedIn);
  const works = IN_UNDICI.flatMap(({ module, name, copyright }) => {
    const file = modules.find((each) => module.test(each));
    return file === undefined ? [] : [inUndici(file, name, copyright)];
  });
  return [...[...new Set([...folders, ...inlined])].map(packageIn), ...works]
    .sort((one, other) => (one.title < other.title ? -1 : 1))
    .map(({ title, text }) => `${title}\n\n${text}`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** The folders of the packages that a bundler put into a module: it names the file in a comment, and the version in the path. */
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
