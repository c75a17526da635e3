import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { readInstall, writeInstall } from '../../release/install.ts';

const { name, mcpName } = packageJson;
const folder = mkdtempSync(join(tmpdir(), 'aiven cmk published '));
const tree = join(folder, 'tree');
const bin = join(folder, 'bin');
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(join(tree, 'release'), { recursive: true });
  mkdirSync(bin, { recursive: true });
  for (const file of ['README.md', 'release/install.json', 'release/account.json']) cpSync(file, join(tree, file));
  writeInstall(tree, false);
  const account = JSON.parse(readFileSync(join(tree, 'release/account.json'), 'utf8'));
  writeFileSync(join(tree, 'release/account.json'), JSON.stringify({ ...account, npmOwners: 'ada' }));
});

/** Runs the command with a program in place of npm, which prints a text and ends with a code, so that no registry is asked. */
function run(wanted: string, printed = '', code = 1) {
  writeFileSync(join(folder, 'printed'), printed);
  writeFileSync(
    join(bin, 'npm'),
    `#!/bin/sh\n[ "$*" = 'view ${name} --json' ] && cat '${join(folder, 'printed')}'\nexit ${code}\n`,
  );
  chmodSync(join(bin, 'npm'), 0o755);
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
  const program = [resolve('node_modules/tsx/dist/cli.mjs'), resolve('release/main.ts'), 'version', wanted];
  return spawnSync(process.execPath, program, { cwd: tree, env, encoding: 'utf8' });
}

describe('npm run release -- published', () => {
  const view = (maintainer: string) => JSON.stringify({ name, version: '1.0.0', mcpName, maintainers: [maintainer] });

  it.each([
    ['npm has no such package', '{"error":{"code":"E404"}}', 1, 'is not on npm'],
    ['npm fails', '', 1, 'is not known'],
    ['somebody else has the name', view('mallory <m@b.example>'), 0, 'mallory'],
  ])('changes nothing where %s', (_title, printed, code, why) => {
    const before = readFileSync(join(tree, 'README.md'), 'utf8');
    expect(run('published', printed, code)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining(why),
    });
    expect(readFileSync(join(tree, 'README.md'), 'utf8')).toBe(before);
    expect(readInstall(tree).published).toBe(false);
  });

  it('rewrites the documents once npm has the package of this account, and unpublished takes it back', () => {
    const before = readFileSync(join(tree, 'README.md'), 'utf8');
    expect(run('published', view('ada <ada@acme.example>'), 0)).toMatchObject({
      status: 0,
      stdout: 'Written: release/install.json, README.md.\n',
    });
    expect(readFileSync(join(tree, 'README.md'), 'utf8')).toContain(`-- npx -y ${name}\n`);
    expect(run('unpublished')).toMatchObject({ status: 0 });
    expect(readFileSync(join(tree, 'README.md'), 'utf8')).toBe(before);
  });
});
