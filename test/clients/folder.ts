import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('.', import.meta.url));

/** Where the clients are installed: beside, not in, the dependencies of this repository. */
export const FOLDER = fileURLToPath(new URL('../../.clients/', import.meta.url));

/** Holds the lock of what is installed, after a line that says which part of it. */
const STAMP = join(FOLDER, 'installed');

/** Installs the clients, unless this very lock is installed, and puts the adapters beside them, where imports find them. */
export async function prepare(part: 'light' | 'all'): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const files = readdirSync(SOURCE);
  for (const name of files.filter((each) => each.endsWith('.mjs') || each.startsWith('package'))) {
    copyFileSync(join(SOURCE, name), join(FOLDER, name));
  }
  const lock = readFileSync(join(SOURCE, 'package-lock.json'), 'utf8');
  const stamps = { light: `light\n${lock}`, all: `all\n${lock}` };
  const present = installed();
  if (present === stamps.all || present === stamps[part]) return;
  rmSync(STAMP, { force: true });
  const omit = ['--omit=optional', ...(part === 'light' ? ['--omit=dev'] : [])];
  // No package may run anything while it is installed, and those that ask for a newer Node are tried on this one.
  const calm = ['--engine-strict=false', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = spawn('npm', ['ci', '--ignore-scripts', ...calm, ...omit], {
    cwd: FOLDER,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code]: (number | null)[] = await once(npm, 'exit');
  if (code !== 0) throw new Error(`npm ci ended with ${code}`);
  writeFileSync(STAMP, stamps[part]);
}

function installed(): string | undefined {
  try {
    return readFileSync(STAMP, 'utf8');
  } catch {
    return undefined;
  }
}

/** The version of a package as it is installed. */
export function version(name: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(FOLDER, 'node_modules', name, 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest && 'version' in manifest ? String(manifest.version) : '?';
}
