import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ours, type Program } from './child.ts';

/** The commit whose starts this tree is compared with: of version 0.1.0, without an approval page, a store or traces. */
export const BASELINE = '359a939';

/** Maximum time of its build, in milliseconds. */
const BUILD_MS = 120_000;

/** Maximum size of its files, in bytes. */
const ARCHIVE_MAX = 64 * 1024 * 1024;

/**
 * Builds the commit from this repository with the present packages, in a temporary folder that is removed at exit. Returns
 * the server, or the reason why there is none, in one line.
 */
export function buildBaseline(commit = BASELINE): Program | Error {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-baseline-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  try {
    const input = run('git', ['archive', commit], root);
    run('tar', ['x'], folder, input);
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    run('npm', ['run', '--silent', 'build'], folder);
    const program = join(folder, 'dist', 'cli.js');
    if (!existsSync(program)) throw new Error('its build wrote no dist/cli.js');
    return { ...ours(), args: [program] };
  } catch (error) {
    return new Error(`commit ${commit} was not built: ${reasonOf(error)}`);
  }
}

function run(command: string, args: readonly string[], cwd: string, input?: Buffer): Buffer {
  return execFileSync(command, args, {
    cwd,
    ...(input && { input }),
    stdio: 'pipe',
    maxBuffer: ARCHIVE_MAX,
    timeout: BUILD_MS,
  });
}

/** Returns the last line that a command wrote to standard error, or the message of an error. */
function reasonOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: Buffer; message: string }; // execFileSync throws an Error with both.
  return (
    String(stderr ?? '')
      .trim()
      .split('\n')
      .at(-1) || message
  );
}
