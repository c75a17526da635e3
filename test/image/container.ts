import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { endAfterFile } from '../fixtures/open.ts';
import { Output } from '../fixtures/output.ts';
import { RUN_VARIABLE } from '../fixtures/run-variable.ts';
import type { Image } from './buildah.ts';

/** Mounts the image's files read-only with /proc, /dev, /etc/hosts and a folder of secrets in /run, and starts a command as its user. */
const START = `
mount --bind "$ROOT" "$ROOT"
mount --rbind /dev "$ROOT/dev"
mount -t proc proc "$ROOT/proc"
touch "$ROOT/etc/hosts"
mount --bind /etc/hosts "$ROOT/etc/hosts"
mount --bind "$SECRETS" "$ROOT/run"
mount -o remount,bind,ro "$ROOT/run"
mount -o remount,bind,ro "$ROOT"
exec setpriv --no-new-privs chroot --userspec="$AS" --groups= "$ROOT" /usr/bin/env -i "$@"
`;

/** A container that runs. */
export interface Container {
  readonly child: ChildProcessWithoutNullStreams;
  /** What it has written to standard output and standard error. */
  readonly output: Output;
  /** Returns the id that its first process has outside. */
  pid(): number;
  /** Resolves with its exit code. */
  readonly exited: Promise<number | null>;
}

/**
 * Starts a command in an image as its user, with its environment and in its working directory: process 1 of its own process
 * ids, on a read-only file system, without capabilities, on the network of this machine. It is killed after the test file.
 */
export function start(
  image: Image,
  command: readonly string[],
  { secrets, env = {} }: { readonly secrets: string; readonly env?: Readonly<Record<string, string>> },
): Container {
  const { User, WorkingDir, Env } = image.config;
  const mark = { [RUN_VARIABLE]: process.env[RUN_VARIABLE] ?? '' };
  const given = Object.entries({ ...env, ...mark }).map(([name, value]) => `${name}=${value}`);
  const inside = [...Env, ...given, '/bin/sh', '-ec', 'cd "$0" && exec "$@"', WorkingDir, ...command];
  const namespaces = ['--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child=SIGKILL'];
  const child = spawn('unshare', [...namespaces, '/bin/sh', '-ec', START, 'start', ...inside], {
    env: { PATH: process.env.PATH, ROOT: image.root, SECRETS: secrets, AS: User, ...mark },
  });
  const output = new Output();
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.add(String(chunk)));
  const exited = once(child, 'close').then(([code]) => {
    output.end();
    ended();
    return code;
  });
  const ended = endAfterFile(`container: ${command.join(' ')}`, async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const pid = () => Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8'));
  return { child, output, pid, exited };
}
