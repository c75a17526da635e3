import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { PACKAGE } from '../fixtures/harness.ts';
import { marked } from '../fixtures/run-variable.ts';

const run = promisify(execFile);
const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** What the build reads, and what the package takes beside it. */
const SOURCES = ['src', 'build', 'package.json', 'package-lock.json', 'tsconfig.json', 'LICENSE', 'README.md'];

describe('the build', () => {
  const other = mkdtempSync(join(tmpdir(), 'another folder '));
  afterAll(() => rmSync(other, { recursive: true }));

  it('makes the same package, to the byte, in another folder, time zone, language and umask', async () => {
    for (const source of SOURCES) cpSync(source, join(other, source), { recursive: true });
    symlinkSync(resolve('node_modules'), join(other, 'node_modules'));
    const PATH = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
    const env = marked({ PATH, HOME: other, TZ: 'Pacific/Chatham', LC_ALL: 'tr_TR.UTF-8', npm_config_offline: 'true' });
    const tsx = join('node_modules', 'tsx', 'dist', 'cli.mjs');
    const build = `umask 077 && exec '${process.execPath}' ${tsx} build/main.ts dist`;
    await run('/bin/sh', ['-c', build], { cwd: other, env });
    const [here, there] = [PACKAGE, other].map((folder) => {
      const names = readdirSync(join(folder, 'dist')).sort();
      return names.map((name) => [name, sha256(join(folder, 'dist', name))]);
    });
    expect(there).toStrictEqual(here);
    const [first, second] = await Promise.all(
      [PACKAGE, other].map(async (cwd) => {
        const into = mkdtempSync(join(other, 'packed-'));
        const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', into];
        const { stdout } = await run('npm', pack, { cwd, env });
        const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
        return sha256(join(into, filename));
      }),
    );
    expect(second).toBe(first);
  });
});
