import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package of which a bundle holds a part. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX licence expression. */
  readonly license: string;
  /** The folder into which it is installed. */
  readonly folder: string;
}

/** A work of which a package holds a part without naming it in a path. */
interface Work {
  /** The module that holds it. */
  readonly module: RegExp;
  readonly name: string;
  readonly copyright: string;
}

/** Works in undici under the MIT licence, as undici itself, but without a licence file. */
const IN_UNDICI: readonly Work[] = [
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
 * Returns the packages of which the modules of a bundle are a part, also those that are inlined in another package's module,
 * sorted by name.
 * @throws Error if a package is not installed in the version that was inlined.
 */
export function packagesIn(modules: readonly string[]): BundledPackage[] {
  const folders = modules.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  const inlined = modules.filter((file) => existsSync(file)).flatMap(inlinedIn);
  return [...new Set([...folders, ...inlined])].map(packageIn).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Returns the works of `IN_UNDICI` that the modules of a bundle hold. */
export function worksInUndici(modules: readonly string[]): Work[] {
  return IN_UNDICI.filter(({ module }) => modules.some((file) => module.test(file)));
}

/** Returns the folders of the packages that are inlined in a module: a bundler's comments name their files and versions. */
function inlinedIn(module: string): string[] {
  const comments = readFileSync(module, 'utf8').matchAll(
    /^\/\/#region \S*\/\.pnpm\/[^/]*?@(\d[^/_]*)[^/]*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//gm,
  );
  return [...comments].map(([, version = '', name = '']) => {
    const folder = join(import.meta.dirname, '../node_modules', name);
    const found = existsSync(folder) ? packageIn(folder).version : 'none';
    if (found !== version) throw new Error(`${module} holds ${name} ${version}, but ${found} is installed.`);
    return folder;
  });
}

function packageIn(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { name, version, license, folder };
}
