import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { licencesOf } from './licences.ts';

const ROOT = join(import.meta.dirname, '..');

/** The module of the SDK that makes OAuth schemas at every start, for programs that ask for them; ours does not. */
const OAUTH_SCHEMAS = /@modelcontextprotocol\/core\/dist\/auth-[\w-]+\.mjs$/;

/**
 * Bundles the program into a folder, with the licences of what it holds. It is bundled and minified because an IDE starts
 * it in every window, and half of an unbundled start is looking files up. Throws where a licence is missing.
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
    // A start loads three files: each costs as much as 10 kB of code. `cli.ts` hides the token before the last is loaded.
    codeSplitting: {
      groups: [
        {
          name: 'settings',
          test: /src\/(?:app\/config\/(?!files)|core\/)|\/package\.json$/,
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

/** Builds `dist/`. Whoever starts the program meanwhile finds the old one or the new one, and no part of either. */
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

/** Puts one folder in the place of another, which is moved aside; a build beside this one may do so at the same moment. */
function replaceFolder(folder: string, place: string, aside: string, attempts = 5): void {
  try {
    if (existsSync(place)) renameSync(place, `${aside}-${attempts}`);
    renameSync(folder, place);
  } catch (error) {
    if (attempts === 1) throw error;
    replaceFolder(folder, place, aside, attempts - 1);
  }
}

/** Empties that module, and fails where it is not found: docs/decisions/0012 has what a start gains by it. */
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
