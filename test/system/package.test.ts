import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { beforeAll, describe, expect, it } from 'vitest';
import { packagesHeld, sourcesOf } from '../fixtures/bundled.ts';
import { PACKAGE } from '../fixtures/harness.ts';
import { type Installed, installed } from '../fixtures/installed.ts';
import { runProgram } from '../fixtures/processes.ts';
import { AWS } from '../fixtures/scripted-api.ts';
import { SPAWNED } from '../fixtures/spawned.ts';
import { readView, UI } from '../fixtures/ui.ts';

/** Packages of which the program is known to hold a part. */
const BUNDLED = [
  '@hono/node-server',
  '@modelcontextprotocol/server',
  '@opentelemetry/sdk-metrics',
  '@opentelemetry/sdk-trace-base',
  'content-type',
  'hono',
  'iovalkey',
  'openid-client',
  'jose',
  'ky',
  'prom-client',
  'rate-limiter-flexible',
  'undici',
  'yaml',
  'zod',
];

/** How a WebAssembly module begins in base64. */
const WASM_IN_BASE64 = 'AGFzbQ';

const INITIALIZE = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'test', version: '1' },
};

describe('the package', () => {
  let here: Installed;
  beforeAll(async () => {
    here = await installed(PACKAGE);
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

  it('holds the built program, its maps, its view, licences and bill of materials and nothing else, in less than 3 MB', () => {
    const built = readdirSync(join(PACKAGE, 'dist')).map((name) => `dist/${name}`);
    expect(files()).toStrictEqual(['LICENSE', 'README.md', ...built, 'package.json'].sort());
    const programs = built.filter((name) => name.endsWith('.js'));
    expect(programs).toContain('dist/cli.js');
    const isMapped = (name: string) => readFileSync(join(PACKAGE, name), 'utf8').includes('//# sourceMappingURL=');
    const maps = programs.filter(isMapped).map((name) => `${name}.map`);
    // What only joins others, and the bundler's own part, have nothing to map.
    const unmapped = programs.filter((name) => !isMapped(name));
    expect(unmapped.filter((name) => lstatSync(join(PACKAGE, name)).size > 1_000)).toStrictEqual([]);
    const documents = ['dist/THIRD-PARTY-LICENSES.txt', 'dist/inventory.html', 'dist/sbom.cdx.json'];
    expect([...built].sort()).toStrictEqual([...programs, ...maps, ...documents].sort());
    const bytes = files().reduce((sum, name) => sum + lstatSync(join(here.root, name)).size, 0);
    expect(bytes).toBeLessThan(3_000_000);
  });

  it('carries the licence of every package that it holds a part of, in that version', () => {
    const licences = readFileSync(join(here.root, 'dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    // Packages with one text share it, each with a title of its own.
    const titles = licences
      .split(`\n${'-'.repeat(80)}\n\n`)
      .flatMap((part) => part.split('\n\n')[0]?.split('\n') ?? []);
    const held = [...packagesHeld(here.root)];
    expect(held).toStrictEqual(expect.arrayContaining(BUNDLED));
    const expected = held.map((name) => {
      const { version, license } = JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8'));
      return `${name} ${version} (${license})`;
    });
    // Undici holds a parser compiled to WebAssembly, and code after ws, without their names in a path.
    expect(titles.toSorted()).toStrictEqual([...expected, 'llhttp in undici (MIT)', 'ws in undici (MIT)'].toSorted());
    const programs = files().filter((name) => name.endsWith('.js'));
    expect(programs.some((name) => readFileSync(join(here.root, name), 'utf8').includes(WASM_IN_BASE64))).toBe(true);
    for (const notice of ['Fedor Indutny', 'Einar Otto Stangvik', 'Douglas Christopher Wilson'])
      expect(licences).toContain(notice);
  });

  it('starts without the tools, their schemas, ky, and what HTTP and the approval page take', () => {
    const dist = join(here.root, 'dist');
    const loaded = new Set(readdirSync(dist).filter((name) => /^(?:cli|start-.*)\.js$/.test(name)));
    for (const name of loaded)
      for (const [, next = ''] of readFileSync(join(dist, name), 'utf8').matchAll(/(?:from|import)"\.\/([^"]+)"/g))
        loaded.add(next); // A set that grows is walked to its end.
    const maps = [...loaded].map((name) => join(dist, `${name}.map`)).filter((file) => existsSync(file));
    const sources = maps.flatMap(sourcesOf);
    expect(sources).toContainEqual(expect.stringMatching(/src\/tools\/catalog\.json$/));
    const late = [
      /src\/tools\/(?:tools|\w+\/)|calls\/lazy|node_modules\/ky\//,
      /src\/server\/http\/|src\/guard\/approval\/(?!(?:record|request)\.ts)|src\/telemetry\/(?:webhook|metrics)\.ts/,
      /src\/app\/(?:approval-page|shared-store|loopback\/(?!local-approval)|command-line|commands\/(?!serve)|sandbox-state|config\/(?:files|secrets|nearest|telemetry\.))/,
      /src\/telemetry\/otel\/|node_modules\/@opentelemetry\//,
      /node_modules\/(?:fastest-levenshtein|picocolors|hono|iovalkey|open|openid-client|oauth4webapi|rate-limiter-flexible|prom-client)\//,
    ];
    expect(sources.filter((name) => late.some((rule) => rule.test(name)))).toStrictEqual([]);
    // A member of the SDK's schemas: each of its two protocol revisions creates one on demand, and the start creates none.
    const texts = [...loaded].map((name) => readFileSync(join(dist, name), 'utf8'));
    expect(texts.join('').match(/intelligencePriority/g)).toHaveLength(2);
  });

  it('leaves publint nothing to say', async () => {
    const { messages } = await publint({ pkgDir: here.root, pack: false, strict: true });
    expect(messages).toStrictEqual([]);
  });

  it.concurrent.each([
    ['npx', ['aiven-cmk-mcp', '--sandbox'], SPAWNED[0]],
    ['aiven-cmk-mcp', ['--sandbox'], SPAWNED[1]],
  ] as const)(
    'does all six tools, and shows its view, from a path with a space, started by %s',
    async (command, args, peers) => {
      if (!peers) throw new Error('There are no clients to start it with.');
      const client = await peers.open({ command, args, env: here.env, cwd: here.folder, extensions: UI });
      const call = async (name: string, rest: object = {}) => {
        const { isError, payload } = await client.call(`aiven_cmk_${name}`, { project: 'sandbox', ...rest });
        expect(isError, JSON.stringify(payload)).toBe(false);
        return payload as { cmk: { id: string } };
      };
      expect((await client.list()).tools).toHaveLength(6);
      expect((await readView(client)).text).toContain('Customer managed keys');
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
    },
  );

  it('starts from files of ASCII alone, which V8 keeps with one byte for each character', () => {
    const started = readdirSync(join(PACKAGE, 'dist')).filter((name) =>
      /^(?:cli|(?:settings|start|zod)-.*)\.js$/.test(name),
    );
    expect(started).toHaveLength(4);
    const isWide = (name: string) => /[^\0-\x7f]/.test(readFileSync(join(PACKAGE, 'dist', name), 'utf8'));
    expect(started.filter(isWide)).toStrictEqual([]);
  });

  it('loads no HTTP, TLS or cryptography of Node before a call', async () => {
    const print = 'process.on("exit",()=>process.stderr.write(process.moduleLoadList.join("\\n")))';
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(print)}`;
    const list = [
      { jsonrpc: '2.0', id: 1, method: 'initialize', params: INITIALIZE },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 2, method: 'tools/list' },
    ];
    const input = list.map((message) => `${JSON.stringify(message)}\n`).join('');
    const { stdout, stderr } = await runProgram(['--sandbox'], { NODE_OPTIONS }, input);
    expect(stdout).toContain('aiven_cmk_delete');
    const loaded = stderr.split('\n').map((line) => line.replace('NativeModule ', ''));
    expect(loaded).toContain('stream');
    const late = ['http', 'http2', 'https', 'tls', 'crypto', 'zlib', 'worker_threads', 'internal/deps/undici/undici'];
    expect(loaded.filter((name) => late.includes(name))).toStrictEqual([]);
  });
});
