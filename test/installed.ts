import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The package as users have it. */
export interface Installed {
  /** The folder into which it was installed, with a space in its path. */
  readonly folder: string;
  /** The package itself in there. */
  readonly root: string;
  /** An environment in which `node`, `npx` and the package's own command are found, and nothing else is set. */
  readonly env: Readonly<Record<string, string>>;
}

let installing: Promise<Installed> | undefined;

/** Packs the built program and installs it into an empty folder, without network; once for all tests of a process. */
export function installed(): Promise<Installed> {
  installing ??= install();
  return installing;
}

async function install(): Promise<Installed> {
  const home = mkdtempSync(join(tmpdir(), 'aiven-cmk-'));
  process.once('exit', () => rmSync(home, { recursive: true, force: true }));
  const folder = join(home, 'a folder');
  mkdirSync(folder);
  // What `npm test` itself puts into the environment would send npm to the wrong folder.
  const env = { PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`, HOME: home };
  const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', home], { env });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(home, filename)], { env, cwd: folder });
  return {
    folder,
    root: join(folder, 'node_modules', 'aiven-cmk-mcp'),
    env: { ...env, PATH: `${join(folder, 'node_modules', '.bin')}:${env.PATH}`, npm_config_offline: 'true' },
  };
}
