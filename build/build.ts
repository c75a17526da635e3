import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { licencesOf } from './licences.ts';
import { sbomOf } from './sbom.ts';
import { withLazySchemas } from './sdk-lazy-schemas.ts';
import { withoutUnusedSchemas } from './sdk-schemas.ts';

const ROOT = join(import.meta.dirname, '..');

/**
 * Bundles the program into a folder, with the licences and the bill of materials of its packages. It is bundled and minified because an IDE starts it in
 * every window, and half of an unbundled start is the lookup of files.
 * @throws Error if a licence is missing.
 */
export async function build(folder: string): Promise<void> {
  const bundle = await rolldown({
    cwd: ROOT,
    input: { cli: 'src/app/cli.ts' },
    platform: 'node',
    transform: { target: 'node20' },
    // ECMAScript modules before CommonJS ones, of which nothing can be left out: OpenTelemetry is under half as large.
    resolve: {
      conditionNames: ['module'],
      mainFields: ['module', 'main'],
      // A tree whose node_modules is a link gives the same bundle: the order of modules follows their paths.
      symlinks: false,
      alias: { '@modelcontextprotocol/server/_shims': join(import.meta.dirname, 'sdk-shims.ts') },
    },
    plugins: [withoutUnusedSchemas(), withLazySchemas()],
  });
  const { output } = await bundle.write({
    dir: folder,
    format: 'esm',
    minify: true,
    comments: false,
    // One character outside Latin-1 would make V8 keep and scan a whole file with two bytes for each character.
    charset: 'ascii',
    sourcemap: true,
    sourcemapExcludeSources: true,
    sourcemapPathTransform: (source, map) => pathFromDist(resolve(dirname(map), source)),
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    // A start loads five files, of which one only joins others: each takes as long as 10 kB of code. `cli.ts` removes the token from
    // the environment before the last three. Zod is configured in a file before the one with the SDK: within one file, the bundler may
    // put the SDK's schemas first.
    codeSplitting: {
      groups: [
        {
          name: 'settings',
          test: /src\/(?:app\/config\/(?!files|secrets|policy|nearest|telemetry\.|audit-command)|core\/)|\/package\.json$/,
          priority: 2,
        },
        { name: 'zod', test: /node_modules\/zod\/|src\/app\/zod-jitless\.ts$/, priority: 2 },
        // prom-client uses only the interfaces.
        { name: 'opentelemetry-api', test: /node_modules\/@opentelemetry\/api\//, priority: 4 },
        { name: 'opentelemetry', test: /node_modules\/@opentelemetry\//, priority: 3 },
        { name: 'undici', test: /node_modules\/undici\//, priority: 3 },
        { name: 'start', test: /src\/app\/(?:main|wiring|commands\/serve)\.ts$/, priority: 1 },
      ],
    },
  });
  await bundle.close();
  for (const part of output) {
    if (part.type === 'chunk' && part.moduleIds.every((id) => !isOwn(id)))
      emptyMap(join(folder, `${part.fileName}.map`));
  }
  const modules = output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licencesOf(modules));
  writeFileSync(join(folder, 'sbom.cdx.json'), sbomOf(modules));
  copyFileSync(join(ROOT, 'src/server/views/inventory.html'), join(folder, 'inventory.html'));
  // Whatever the umask: the modes become part of the package.
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), name === 'cli.js' ? 0o755 : 0o644);
}

/** Returns how a map in `dist/` names a source: the same wherever the program is built. */
function pathFromDist(file: string): string {
  const inPackage = file.indexOf('node_modules/');
  return `../${inPackage < 0 ? relative(ROOT, file).replaceAll('\\', '/') : file.slice(inPackage)}`;
}

/** Whether a module is this program's own. */
function isOwn(module: string): boolean {
  return module.startsWith(join(ROOT, 'src')) || module === join(ROOT, 'package.json');
}

/** Leaves only the names of sources in the map of a chunk of packages: nobody debugs those here, and maps are larger than code. */
function emptyMap(file: string): void {
  if (!existsSync(file)) return;
  const { version, sources } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ version, sources, names: [], mappings: '' }));
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
