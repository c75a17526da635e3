import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((name) => name !== '');
const source = files.filter((name) => name.startsWith('src/') && name.endsWith('.ts'));
const text = (name: string) => readFileSync(name, 'utf8');

/** The rooms, each with those it may import from beside itself. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  app: ['server', 'calls', 'tools', 'guard', 'telemetry', 'aiven', 'core'],
  server: ['calls', 'tools', 'guard', 'telemetry', 'aiven', 'core'],
  calls: ['tools', 'guard', 'telemetry', 'aiven', 'core'],
  tools: ['guard', 'telemetry', 'aiven', 'core'],
  guard: ['core'],
  telemetry: ['core'],
  aiven: ['core'],
  core: [],
};
const roomOf = (name: string) => /^src\/([^/]+)\//.exec(name)?.[1];

/** The modules a file imports: our own as paths from the root, others by name. */
function imports(name: string): string[] {
  return [...text(name).matchAll(/(?:^|\s)(?:import|from)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) =>
    target.startsWith('.') ? new URL(target, `file:///${name}`).pathname.slice(1) : target,
  );
}

/** Every import of one file by another, dynamic ones and those of types included. */
const edges = source.flatMap((from) =>
  imports(from)
    .filter((target) => target.startsWith('src/'))
    .map((to) => ({ from, to })),
);

/** Files that import themselves over others; one chain a cycle. */
function cycles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, chain: readonly string[]): void => {
    if (chain.includes(file)) found.push([...chain.slice(chain.indexOf(file)), file].join(' -> '));
    if (chain.includes(file) || done.has(file)) return;
    for (const { to } of edges.filter(({ from }) => from === file)) visit(to, [...chain, file]);
    done.add(file);
  };
  for (const file of source) visit(file, []);
  return found;
}

describe('the tree', () => {
  it('has eight rooms and no loose file', () => {
    expect([...new Set(source.map(roomOf))].sort()).toStrictEqual(Object.keys(ROOMS).sort());
  });

  it.each(Object.entries(ROOMS))('%s imports only from itself and %j', (room, below) => {
    const outside = edges.filter(
      ({ from, to }) => roomOf(from) === room && ![room, ...below].includes(roomOf(to) ?? ''),
    );
    expect(outside.map(({ from, to }) => `${from} -> ${to}`)).toStrictEqual([]);
  });

  it('has no cycle of imports', () => {
    expect(cycles()).toStrictEqual([]);
  });

  it.each([
    ['ky', /^src\/aiven\/http\.ts$/],
    ['node:http', /^src\/(server\/http|aiven\/fetch|aiven\/sandbox\/http-server)/],
    ['@modelcontextprotocol/server/stdio', /^src\/server\/stdio\.ts$/],
    ['@modelcontextprotocol/server', /^src\/server\//],
  ])('%s has one door', (target, door) => {
    expect(source.filter((name) => imports(name).includes(target) && !door.test(name))).toStrictEqual([]);
  });

  it.each([
    ['the command line, the environment and exit codes', /process\.(argv|env|exit|exitCode)\b/, /^src\/app\/cli\.ts$/],
    ['standard error', /process\.stderr\b/, /^src\/app\/cli\.ts$/],
    ['standard output', /process\.stdout\b/, /^src\/(app\/|server\/stdio\.ts$)/],
  ])('%s has one door', (_what, pattern, door) => {
    expect(source.filter((name) => pattern.test(text(name)) && !door.test(name))).toStrictEqual([]);
  });

  it.each(files.filter((name) => name.endsWith('.ts') && name !== 'test/project/architecture.test.ts'))(
    '%s stays under 250 lines and takes no short cut',
    (name) => {
      expect(text(name).split('\n').length).toBeLessThan(250);
      const rules = [
        /\bas any\b/,
        /: any\b/,
        /<any>/,
        /@ts-(?:ignore|expect-error|nocheck)/,
        /\bconsole\.log/,
        /\bTODO\b/,
      ];
      for (const rule of rules) expect(text(name)).not.toMatch(rule);
      if (name.startsWith('test/')) expect(text(name)).not.toMatch(/\.(?:only|skip|todo)\(/);
    },
  );

  it('has one file per tool, named after it', () => {
    const tools = source.filter((name) => /^src\/tools\/\w+\//.test(name));
    for (const name of tools) {
      expect(text(name)).toContain(`name: 'aiven_cmk_${/([a-z-]+)\.ts$/.exec(name)?.[1]?.replaceAll('-', '_')}'`);
    }
  });
});
