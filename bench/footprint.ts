import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Size of an installed package. */
export interface Footprint {
  /** All its files and those of the packages it brings, in MB of 1,000,000 bytes. */
  readonly mb: number;
  /** Packages, itself included. */
  readonly packages: number;
}

/** The folder in which peers are kept between runs: a published version never changes. */
const KEPT = join(tmpdir(), 'aiven-cmk-bench');

/** npm's own list of what it installed. */
const LOCK = '.package-lock.json';

/** Maximum time of an npm command, in milliseconds. */
const NPM_MS = 180_000;

/** Installs one version of a package into a separate folder, unless it is installed already. Returns the folder. */
export function install(name: string, version: string): string {
  const folder = join(KEPT, `${name.replaceAll('/', '+')}@${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(KEPT, { recursive: true });
  const unfinished = mkdtempSync(join(KEPT, 'unfinished-'));
  installInto(unfinished, `${name}@${version}`);
  renameSync(unfinished, folder);
  return folder;
}

/** Packs the built package and installs it offline. Returns its size. */
export function ourFootprint(): Footprint {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-bench-'));
  try {
    npm(fileURLToPath(new URL('..', import.meta.url)), 'pack', '--ignore-scripts', '--pack-destination', folder);
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
    installInto(folder, join(folder, tarball), '--offline', '--cache', join(folder, 'cache'));
    return footprintOf(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the size of what is installed in a folder. */
export function footprintOf(folder: string): Footprint {
  const modules = join(folder, 'node_modules');
  const files = readdirSync(modules, { recursive: true, withFileTypes: true });
  const sizes = files.map((file) => {
    const counts = file.isFile() && file.name !== LOCK;
    return counts ? statSync(join(file.parentPath, file.name)).size : 0;
  });
  const { packages } = JSON.parse(readFileSync(join(modules, LOCK), 'utf8')) as { packages: object };
  return { mb: sizes.reduce((sum, size) => sum + size, 0) / 1_000_000, packages: Object.keys(packages).length };
}

function installInto(folder: string, ...what: string[]): void {
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  npm(folder, 'install', '--ignore-scripts', '--no-audit', '--no-fund', ...what);
}

/** Runs npm with the caller's environment, which may configure the registry. */
function npm(folder: string, ...args: string[]): void {
  execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], timeout: NPM_MS });
}
