import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { getMcpConfigForManifest, type McpbManifestAny, unpackExtension } from '@anthropic-ai/mcpb';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import { packBundle } from '../../release/bundle.ts';
import { checkVersion, PLACES, releaseVersion } from '../../release/version.ts';
import { readCommand } from '../../src/app/config/config.ts';
import { TOOL_DEFINITIONS } from '../../src/tools/catalog.ts';
import { PACKAGE, TOKEN } from '../fixtures/harness.ts';
import { startScriptedApi } from '../fixtures/scripted-api.ts';

const json = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'aiven cmk '));
afterAll(() => rmSync(folder, { recursive: true }));

/** The rules of the MCP registry's schema of 2025-12-11 for what stands in our file. */
const Variable = z.strictObject({
  name: z.string().regex(/^AIVEN_[A-Z_]+$/),
  description: z.string(),
  isRequired: z.boolean().optional(),
  isSecret: z.boolean().optional(),
  format: z.enum(['string', 'number', 'boolean', 'filepath']).optional(),
  choices: z.array(z.string()).optional(),
  default: z.string().optional(),
});
const Package = z.strictObject({
  registryType: z.literal('npm'),
  identifier: z.literal(packageJson.name),
  version: z.literal(packageJson.version),
  runtimeHint: z.literal('npx'),
  transport: z.strictObject({ type: z.literal('stdio') }),
  environmentVariables: z.array(Variable),
});
const ServerJson = z.strictObject({
  $schema: z.literal('https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json'),
  name: z
    .string()
    .min(3)
    .max(200)
    .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(100),
  version: z.literal(packageJson.version),
  websiteUrl: z.url().optional(),
  repository: z.strictObject({ url: z.url(), source: z.literal('github') }).optional(),
  packages: z.array(Package).length(1),
});

describe('server.json', () => {
  it('is what the MCP registry takes, under the name that the package claims', () => {
    const { name, packages } = ServerJson.parse(json('server.json'));
    expect(packageJson.mcpName).toBe(name);
    const variables = packages.flatMap(({ environmentVariables }) => environmentVariables);
    expect(variables.find(({ name }) => name === 'AIVEN_TOKEN')).toMatchObject({ isSecret: true, isRequired: true });
  });

  it('has variables and defaults that the server takes', async () => {
    const { packages } = ServerJson.parse(json('server.json'));
    const variables = packages.flatMap(({ environmentVariables }) => environmentVariables);
    const env = Object.fromEntries(variables.map(({ name, default: value }) => [name, value ?? TOKEN]));
    expect(await readCommand([], env)).toMatchObject({ kind: 'serve' });
  });
});

describe('the MCP bundle', () => {
  const unpacked = join(folder, 'a host', 'bundle');
  let manifest: McpbManifestAny;
  beforeAll(async () => {
    const file = join(folder, 'x.mcpb');
    await packBundle(PACKAGE, file);
    expect(await unpackExtension({ mcpbPath: file, outputDir: unpacked, silent: true })).toBe(true);
    manifest = json(join(unpacked, 'manifest.json'));
  });

  it('keeps the token where the host keeps secrets', () => {
    expect(manifest.user_config?.token).toMatchObject({ type: 'string', sensitive: true, required: true });
  });

  it('names the tools that the server has', () => {
    const tools = TOOL_DEFINITIONS.filter(({ toolset }) => toolset === 'cmk');
    expect(manifest.tools).toStrictEqual(tools.map(({ name, description }) => ({ name, description })));
  });

  it.each([
    ['nothing but the token filled in', {}, 6],
    ['all filled in', { project: 'scene-1', read_only: true, approval: 'required' }, 3],
  ])('starts as a host starts it, with %s', async (_title, filled, tools) => {
    const api = await startScriptedApi();
    const { project, seen } = api.scene(() => [200, { cmks: [] }]);
    const config = await getMcpConfigForManifest({
      manifest,
      extensionPath: unpacked,
      systemDirs: {},
      userConfig: { token: TOKEN, ...filled },
      pathSeparator: '/',
    });
    const { command = '', args = [], env = {} } = config ?? {};
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(
      new StdioClientTransport({ command, args, env: { ...env, AIVEN_API_ORIGIN: api.origin }, stderr: 'ignore' }),
    );
    expect((await client.listTools()).tools).toHaveLength(tools);
    const result = await client.callTool({ name: 'aiven_cmk_list', arguments: { project } });
    expect(result.structuredContent).toStrictEqual({ cmks: [], total: 0 });
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    await client.close();
    await api.close();
  });
});

describe('a release', () => {
  const files = PLACES.map(({ file }) => file);
  const tree = join(folder, 'tree');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: tree, encoding: 'utf8' });
  const change = (file: string, edit: (text: string) => string) =>
    writeFileSync(join(tree, file), edit(readFileSync(join(tree, file), 'utf8')));
  beforeAll(() => {
    for (const file of [...files, 'CHANGELOG.md']) {
      mkdirSync(dirname(join(tree, file)), { recursive: true });
      cpSync(file, join(tree, file));
    }
    writeFileSync(join(tree, 'CHANGELOG.md'), '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n');
    git('init', '-q');
    git('add', '-A');
    git('commit', '-qm', 'x');
  });

  it('finds that every place here names one version', () => {
    expect(files).toHaveLength(6);
    expect(checkVersion('.')).toBe(packageJson.version);
  });

  it.each([
    ['1.0', undefined, 'X.Y.Z'],
    ['', undefined, 'X.Y.Z'],
    ['1.0.0-beta.1', undefined, 'X.Y.Z'],
    [packageJson.version, undefined, 'is not after'],
    ['0.0.9', undefined, 'is not after'],
    ['9.0.0', 'tomorrow', 'YYYY-MM-DD'],
  ])('refuses %j of %j and changes nothing', (version, date, why) => {
    expect(() => releaseVersion(tree, version, date)).toThrow(why);
    expect(git('status', '--porcelain')).toBe('');
  });

  it.each(files)('names %s when it says another version', (file) => {
    change(file, (text) => text.replace(packageJson.version, '0.0.1'));
    const check = () => checkVersion(tree);
    if (file === 'package.json') expect(check).toThrow('says');
    else expect(check).toThrow(`${file} says`);
    git('checkout', '-q', '.');
  });

  it('refuses a changelog without changes, and changes that are not committed', () => {
    change('CHANGELOG.md', (text) => text.replace('- A thing.', ''));
    expect(() => releaseVersion(tree, '9.0.0')).toThrow('nothing unreleased');
    change('CHANGELOG.md', (text) => `${text}\n- Another.`);
    expect(() => releaseVersion(tree, '9.0.0')).toThrow('Commit or undo');
    git('checkout', '-q', '.');
  });

  it('puts the new version everywhere and dates the changelog', () => {
    expect(releaseVersion(tree, '9.10.0', '2030-01-02')).toContain('npm publish');
    expect(checkVersion(tree)).toBe('9.10.0');
    expect(readFileSync(join(tree, 'CHANGELOG.md'), 'utf8')).toContain(
      '## [Unreleased]\n\n## [9.10.0] - 2030-01-02\n\n### Added',
    );
    expect(git('diff', '--stat').match(/\d+ files changed, \d+/)?.[0]).toBe('7 files changed, 11');
  });
});
