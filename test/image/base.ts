import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Buildah } from './buildah.ts';

const run = promisify(execFile);

/** What of Debian the image needs: a shell and its tools for the build, and the library that Node is linked to. */
const DEBIAN = ['base-files', 'coreutils', 'dash', 'libstdc++6'];

/** The certificates of Debian's ca-certificates, with which npm in the build verifies the registry. */
export const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/**
 * Resolves with the base image: the one that `IMAGE_BASE` names, or one made here of the Debian release that this machine has
 * and this machine's Node and npm, for where no public image can be pulled.
 */
export async function prepareBase(buildah: Buildah, folder: string): Promise<string> {
  if (process.env.IMAGE_BASE !== undefined) return process.env.IMAGE_BASE;
  const root = join(folder, 'base');
  const { VERSION_CODENAME: release = '' } = osRelease();
  await run('mmdebstrap', ['--quiet', '--variant=extract', `--include=${DEBIAN.join()}`, release, root]);
  mkdirSync(join(root, 'etc/ssl/certs'), { recursive: true });
  copyFileSync(CERTIFICATES, join(root, CERTIFICATES));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  const local = join(root, 'usr/local');
  for (const at of ['bin', 'lib/node_modules']) mkdirSync(join(local, at), { recursive: true });
  copyFileSync(process.execPath, join(local, 'bin/node'));
  const { stdout } = await run('npm', ['root', '--global']);
  cpSync(realpathSync(join(stdout.trim(), 'npm')), join(local, 'lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'));
  const file = join(folder, 'base.Dockerfile');
  writeFileSync(file, 'FROM scratch\nCOPY . /\nENV PATH=/usr/local/bin:/usr/bin:/bin\n');
  const name = 'localhost/base-of-the-test';
  await buildah('build', '--isolation', 'chroot', '--tag', name, '--file', file, root);
  return name;
}

/** Returns the settings of /etc/os-release. */
function osRelease(): Record<string, string> {
  const lines = readFileSync('/etc/os-release', 'utf8').matchAll(/^(\w+)="?([^"\n]*)"?$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
}
