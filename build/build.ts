import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { licencesOf } from './licences.ts';

const ROOT = join(import.meta.dirname, '..');

/** The module of the SDK that creates OAuth schemas at every start. This program does not use them. */
const OAUTH_SCHEMAS = /@modelcontextprotocol\/core\/dist\/auth-[\w-]+\.mjs$/;

/**
 * Bundles the program into a folder, with the licences of its packages. It is bundled and minified because an IDE starts it in
 * every window, and half of an unbundled start is the lookup of files.
 * @throws Error if a licence is missing.
 */
export async function build(folder: string): Promise<void> {
  const bundle = await rolldown({
    cwd: ROOT,
    input: { cli: 'src/app/cli.ts' },
    platform: 'node',
    transform: { target: 'node20' },
    resolve: { alias: { '@modelcontextprotocol/server/_shims': join(import.meta.dirname, 'sdk-shims.ts') } },
    plugins: [withoutOauthSchemas()],
  });
  const { output } = await bundle.write({
    dir: folder,
    format: 'esm',
    minify: true,
    comments: false,
    sourcemap: true,
    sourcemapExcludeSources: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    // A start loads three files: each takes as long as 10 kB of code. `cli.ts` removes the token from the environment before the last.
    codeSplitting: {
      groups: [
        {
          name: 'settings',
          test: /src\/(?:app\/config\/(?!files|secrets|audit-command)|core\/)|\/package\.json$/,
          priority: 2,
        },
        { name: 'start', test: /src\/app\/(?:main|wiring|commands\/serve)\.ts$/, priority: 1 },
      ],
    },
  });
  await bundle.close();
  chmodSync(join(folder, 'cli.js'), 0o755);
  const modules = output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licencesOf(modules));
}

/** Builds `dist/` and replaces it at once, so that a program started meanwhile is wholly the old or wholly the new one. */
export async function buildDist(): Promise<void> {
  const beside = mkdtempSync(join(ROOT, '.build-'));
  try {
    const built = join(beside, 'dist');
    await build(built);
    replaceFolder(built, join(ROOT, 'dist'), join(beside, 'old'));
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/** Replaces a folder at `place`, which is moved aside. Retries, because another build may do the same at the same time. */
function replaceFolder(folder: string, place: string, aside: string, attempts = 5): void {
  try {
    if (existsSync(place)) renameSync(place, `${aside}-${attempts}`);
    renameSync(folder, place);
  } catch (error) {
    if (attempts === 1) throw error;
    replaceFolder(folder, place, aside, attempts - 1);
  }
}

/** Creates the plugin that empties the module above, and fails if it is not found (docs/decisions/0012: what a start gains). */
function withoutOauthSchemas(): Plugin {
  let isFound = false;
  return {
    name: 'without-oauth-schemas',
    transform: {
      filter: { id: OAUTH_SCHEMAS },
      handler(code) {
        isFound = true;
        const [, names = ''] = /export \{([^}]+)\}/.exec(code) ?? [];
        return { code: `const none = undefined; export {${names.replace(/\w+ as/g, 'none as')}};`, map: null };
      },
    },
    buildEnd() {
      if (!isFound) throw new Error(`No module matches ${OAUTH_SCHEMAS} any more.`);
    },
  };
}
