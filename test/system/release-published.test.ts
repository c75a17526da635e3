import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { readInstall, writeInstall } from '../../release/install.ts';

const { name, mcpName } = packageJson;
const folder = mkdtempSync(join(tmpdir(), 'aiven cmk published '));
const tree = join(folder, 'tree');

/** What the registry answers: a status, and what it has of the package. */
let registry: { status: number; packument: object };
const server = createServer((_request, response) => {
  response.writeHead(registry.status, { 'content-type': 'application/json' }).end(JSON.stringify(registry.packument));
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(join(tree, 'release'), { recursive: true });
  for (const file of ['README.md', 'release/install.json', 'release/account.json']) cpSync(file, join(tree, file));
  writeInstall(tree, false);
  const account = JSON.parse(readFileSync(join(tree, 'release/account.json'), 'utf8'));
  writeFileSync(join(tree, 'release/account.json'), JSON.stringify({ ...account, npmOwners: 'ada' }));
});

/** Runs the command with the real npm, which asks the registry above. */
function run(wanted: string): Promise<{ status: unknown; stdout: string; stderr: string }> {
  const env = {
    ...process.env,
    npm_config_registry: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, // No pipe: it listens on a port.
    npm_config_cache: join(folder, 'cache'),
    npm_config_fetch_retries: '0',
  };
  const program = [resolve('node_modules/tsx/dist/cli.mjs'), resolve('release/main.ts'), 'version', wanted];
  return new Promise((done) => {
    execFile(process.execPath, program, { cwd: tree, env }, (error, stdout, stderr) =>
      done({ status: error ? error.code : 0, stdout, stderr }),
    );
  });
}

/** Returns what a registry has of the package: whose it is, and what its publisher wrote into package.json. */
function packumentOf(owner: string, written: object = {}): object {
  const version = { name, version: '1.0.0', mcpName, ...written, dist: { tarball: 'http://127.0.0.1:1/x.tgz' } };
  return {
    name,
    'dist-tags': { latest: '1.0.0' },
    versions: { '1.0.0': version },
    maintainers: [{ name: owner, email: `${owner}@acme.example` }],
  };
}

describe('npm run release -- published', () => {
  const ours = { maintainers: [{ name: 'ada', email: 'ada@acme.example' }] };

  it.each([
    ['npm has no such package', 404, {}, 'is not on npm'],
    ['npm fails', 500, {}, 'is not known'],
    ['somebody else has the name', 200, packumentOf('mallory'), 'mallory'],
    ['somebody else has the name and writes ours into package.json', 200, packumentOf('mallory', ours), 'mallory'],
  ])('changes nothing where %s', async (_title, status, packument, why) => {
    registry = { status, packument };
    const before = readFileSync(join(tree, 'README.md'), 'utf8');
    expect(await run('published')).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining(why) });
    expect(readFileSync(join(tree, 'README.md'), 'utf8')).toBe(before);
    expect(readInstall(tree).published).toBe(false);
  });

  it('rewrites the documents once npm has the package of this account, and unpublished takes it back', async () => {
    registry = { status: 200, packument: packumentOf('ada', ours) };
    const before = readFileSync(join(tree, 'README.md'), 'utf8');
    expect(await run('published')).toMatchObject({
      status: 0,
      stdout: 'Written: release/install.json, README.md.\n',
    });
    expect(readFileSync(join(tree, 'README.md'), 'utf8')).toContain(`-- npx -y ${name}\n`);
    expect(await run('unpublished')).toMatchObject({ status: 0 });
    expect(readFileSync(join(tree, 'README.md'), 'utf8')).toBe(before);
  });
});
