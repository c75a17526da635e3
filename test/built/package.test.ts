import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Installed, installed } from '../fixtures/installed.ts';
import { AWS } from '../fixtures/scripted-api.ts';
import { SPAWNED } from '../fixtures/spawned.ts';

/** Packages of which the program is known to hold a part. */
const BUNDLED = [
  '@hono/node-server',
  '@modelcontextprotocol/server',
  'hono',
  'jose',
  'ky',
  'prom-client',
  'rate-limiter-flexible',
  'undici',
  'zod',
];

describe('the package', () => {
  let here: Installed;
  beforeAll(async () => {
    here = await installed();
  });
  const manifest = () => JSON.parse(readFileSync(join(here.root, 'package.json'), 'utf8')) as Record<string, object>;
  const files = () =>
    readdirSync(here.root, { recursive: true, encoding: 'utf8' })
      .filter((name) => lstatSync(join(here.root, name)).isFile())
      .sort();

  it('installs as one package, without dependencies and scripts of its own', () => {
    expect(readdirSync(join(here.folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toStrictEqual([
      'aiven-cmk-mcp',
    ]);
    expect(Object.keys(manifest()).filter((key) => /^(?!dev)\w*dependencies/i.test(key))).toStrictEqual([]);
    const scripts = Object.keys(manifest().scripts ?? {});
    expect(scripts.filter((name) => /^(?:(?:pre|post)?install|prepare)$/.test(name))).toStrictEqual([]);
  });

  it('holds the built program, its maps and licences and nothing else, in less than 2 MB', () => {
    const built = readdirSync('dist').map((name) => `dist/${name}`);
    expect(files()).toStrictEqual(['LICENSE', 'README.md', ...built, 'package.json'].sort());
    const programs = built.filter((name) => name.endsWith('.js'));
    expect(programs).toContain('dist/cli.js');
    // A file that only joins others has nothing to map.
    const maps = programs.filter((name) => lstatSync(name).size > 200).map((name) => `${name}.map`);
    expect([...built].sort()).toStrictEqual([...programs, ...maps, 'dist/THIRD-PARTY-LICENSES.txt'].sort());
    const bytes = files().reduce((sum, name) => sum + lstatSync(join(here.root, name)).size, 0);
    expect(bytes).toBeLessThan(2_000_000);
  });

  it('carries the licence of every package that its maps name, in that version', () => {
    const maps = files().filter((name) => name.endsWith('.map'));
    const sources = maps.flatMap((name) => JSON.parse(readFileSync(join(here.root, name), 'utf8')).sources as string[]);
    const named = sources.flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
    // A package's own map names what it was bundled from, too.
    const names = new Set(named.filter((name) => existsSync(join('node_modules', name))));
    expect([...names]).toStrictEqual(expect.arrayContaining(BUNDLED));
    const licences = readFileSync(join(here.root, 'dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const name of names) {
      const { version } = JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8'));
      expect(licences).toMatch(new RegExp(`^${name.replace(/[.]/g, '[.]')} ${version} \\(.+\\)$`, 'm'));
    }
  });

  it('leaves publint nothing to say', async () => {
    const { messages } = await publint({ pkgDir: here.root, pack: false, strict: true });
    expect(messages).toStrictEqual([]);
  });

  it.concurrent.each([
    ['npx', ['aiven-cmk-mcp', '--sandbox'], SPAWNED[0]],
    ['aiven-cmk-mcp', ['--sandbox'], SPAWNED[1]],
  ] as const)('does all six tools from a path with a space, started by %s', async (command, args, peers) => {
    if (!peers) throw new Error('There are no clients to start it with.');
    const client = await peers.open({ command, args, env: here.env, cwd: here.folder });
    const call = async (name: string, rest: object = {}) => {
      const { isError, payload } = await client.call(`aiven_cmk_${name}`, { project: 'sandbox', ...rest });
      expect(isError, JSON.stringify(payload)).toBe(false);
      return payload as { cmk: { id: string } };
    };
    expect((await client.list()).tools).toHaveLength(6);
    expect(await call('accessors')).toHaveProperty('accessors.aws');
    const { cmk } = await call('create', { provider: 'aws', resource: AWS });
    const cmk_id = cmk.id;
    expect(await call('get', { cmk_id })).toStrictEqual({ cmk });
    expect(await call('update', { cmk_id, default_cmk: true })).toMatchObject({ cmk: { default_cmk: true } });
    await call('delete', { cmk_id, confirm_cmk_id: cmk_id });
    expect(await call('list')).not.toHaveProperty(
      'cmks',
      expect.arrayContaining([expect.objectContaining({ id: cmk_id, status: 'current' })]),
    );
    await client.close();
  });
});
