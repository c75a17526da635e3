import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { CERTIFICATES, prepareBase } from './base.ts';

const run = promisify(execFile);

/** Runs buildah with a store of its own. Resolves with its standard output, without the last line break. */
export type Buildah = (...args: readonly string[]) => Promise<string>;

/** What an image says of how it is run. */
const Config = z.object({
  User: z.string(),
  WorkingDir: z.string(),
  Entrypoint: z.array(z.string()),
  Cmd: z.array(z.string()),
  Env: z.array(z.string()),
  Labels: z.record(z.string(), z.string()),
  Healthcheck: z.object({ Test: z.tuple([z.literal('CMD')]).rest(z.string()) }),
});

/** A built image. */
export interface Image {
  /** The folder that contains its files. */
  readonly root: string;
  readonly config: z.infer<typeof Config>;
  /** Removes the image, its base and everything that the build stored. */
  remove(): void;
}

/**
 * Builds deploy/Dockerfile as it is. The build reads packages from npm's cache and registry with the settings of the user who
 * runs the test, which do not get into the image.
 * @throws Error if a program is missing or the build fails.
 */
export async function buildImage(): Promise<Image> {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-image-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    return { ...(await buildIn(folder)), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

async function buildIn(folder: string): Promise<Omit<Image, 'remove'>> {
  const store = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
  const buildah: Buildah = async (...args) => {
    const { stdout } = await run('buildah', [...store, ...args], { maxBuffer: 100_000_000 });
    return stdout.trim();
  };
  const node = await prepareBase(buildah, folder);
  const volumes = npmSettings(folder).flatMap((volume) => ['--volume', volume]);
  const how = ['--isolation', 'chroot', '--format', 'docker', ...volumes, '--build-arg', `NODE=${node}`];
  await buildah('build', ...how, '--tag', 'built', '--file', 'deploy/Dockerfile', '.');
  const container = await buildah('from', '--pull-never', 'localhost/built');
  const { Docker } = JSON.parse(await buildah('inspect', '--type', 'image', 'localhost/built'));
  return { root: await buildah('mount', container), config: Config.parse(Docker.config) };
}

/** Returns the volumes that bring npm's settings and cache into the build. */
function npmSettings(folder: string): string[] {
  const settings = join(folder, 'npmrc');
  const own = join(homedir(), '.npmrc');
  if (existsSync(own)) copyFileSync(own, settings);
  const given = existsSync(settings) ? readFileSync(settings, 'utf8') : '';
  writeFileSync(settings, `${given}\ncafile=${CERTIFICATES}\nprefer-offline=true\ncache=/var/cache/npm\n`);
  return [`${settings}:/root/.npmrc:ro`, `${process.env.npm_config_cache ?? join(homedir(), '.npm')}:/var/cache/npm`];
}
