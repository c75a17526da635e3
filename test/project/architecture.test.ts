import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDrawing, DOCUMENT, drawInto } from '../../build/drawing.ts';
import { IMPORTS, importsOf, LEVELS, levelOf, roomOf, SOURCES } from '../../build/imports.ts';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((name) => existsSync(name) && name !== 'test/project/architecture.test.ts');
const text = (name: string) => readFileSync(name, 'utf8');
const namesThatMatch = (rule: RegExp, among: readonly string[]) => among.filter((name) => rule.test(text(name)));

/** Files that import themselves over others; one chain a cycle. */
function cycles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, chain: readonly string[]): void => {
    if (chain.includes(file)) found.push([...chain.slice(chain.indexOf(file)), file].join(' -> '));
    if (chain.includes(file) || done.has(file)) return;
    for (const { to } of IMPORTS.filter(({ from }) => from === file)) visit(to, [...chain, file]);
    done.add(file);
  };
  for (const file of SOURCES) visit(file, []);
  return found;
}

describe('the tree', () => {
  it('has eight rooms and no loose file', () => {
    expect([...new Set(SOURCES.map(roomOf))].sort()).toStrictEqual(LEVELS.flat().sort());
  });

  it.each(LEVELS.flat())('%s imports only from itself and from the levels below', (room) => {
    const wrong = IMPORTS.filter(({ from, to }) => roomOf(from) === room && roomOf(to) !== room).filter(
      ({ to }) => levelOf(roomOf(to)) <= levelOf(room),
    );
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toStrictEqual([]);
  });

  it('has no cycle of imports', () => {
    expect(cycles()).toStrictEqual([]);
  });

  it('is drawn in CONTRIBUTING.md as it is (npm run drawing), without an arrow upwards', () => {
    expect(drawInto(text(DOCUMENT))).toBe(text(DOCUMENT));
    const arrows = [...createDrawing().matchAll(/^ {2}(\w+) --> (.+)$/gm)].flatMap(([, from, to = '']) =>
      to.split(' & ').map((each) => [levelOf(from), levelOf(each)] as const),
    );
    expect(arrows.length).toBeGreaterThan(7);
    expect(arrows.filter(([from, to]) => from < 0 || to <= from)).toStrictEqual([]);
  });

  it.each([
    ['ky', /^src\/aiven\/http\.ts$/],
    ['open', /^src\/app\/loopback\/browser\.ts$/],
    ['yaml', /^src\/guard\/access-policy\/parse\.ts$/],
    ['iovalkey', /^src\/guard\/approval\/valkey\.ts$/],
    ['@opentelemetry/api', /^src\/telemetry\/otel\//],
    ['@opentelemetry/core', /^src\/telemetry\/otel\//],
    ['node:http', /^src\/(server\/http|aiven\/fetch|aiven\/sandbox\/http-server)/],
    ['@modelcontextprotocol/server/stdio', /^src\/server\/stdio\.ts$/],
    ['@modelcontextprotocol/server', /^src\/server\//],
  ])('%s has one door', (target, door) => {
    expect(SOURCES.filter((name) => importsOf(name).includes(target) && !door.test(name))).toStrictEqual([]);
  });

  it.each([
    ['the command line, the environment and exit codes', /process\.(argv|env|exit|exitCode)\b/, /^src\/app\/cli\.ts$/],
    ['standard error', /process\.stderr\b/, /^src\/app\/cli\.ts$/],
    ['standard output', /process\.stdout\b/, /^src\/(app\/|server\/stdio\.ts$)/],
  ])('%s has one door', (_what, pattern, door) => {
    expect(namesThatMatch(pattern, SOURCES).filter((name) => !door.test(name))).toStrictEqual([]);
  });

  it('has one file per tool, named after it', () => {
    for (const name of SOURCES.filter((each) => /^src\/tools\/\w+\//.test(each)))
      expect(text(name)).toContain(`name: 'aiven_cmk_${/([a-z-]+)\.ts$/.exec(name)?.[1]?.replaceAll('-', '_')}'`);
  });
});

describe('no file', () => {
  const code = files.filter((name) => name.endsWith('.ts'));

  it('of code has 250 lines', () => {
    expect(code.filter((name) => text(name).split('\n').length >= 250)).toStrictEqual([]);
  });

  it.each([/\bas any\b/, /: any\b/, /<any>/, /@ts-(?:ignore|expect-error|nocheck)/, /\bconsole\.log/, /\bTODO\b/])(
    'of code has %s',
    (rule) => {
      expect(namesThatMatch(rule, code)).toStrictEqual([]);
    },
  );

  it('of tests skips one or runs one alone', () => {
    const tests = code.filter((name) => name.startsWith('test/'));
    expect(namesThatMatch(/\.(?:only|skip|todo)\(/, tests)).toStrictEqual([]);
  });

  it.each([
    [
      'the address of a package registry',
      /"resolved":|\bregistry\s*=\s*["']?https?:|https?:\/\/[^/\s]*(?:registry|artifactory|nexus)/i,
    ],
    ['an absolute path of somebody’s machine', /(?<![\w.~:}-])\/(?:home|root|work|mnt|private|Users(?!\/you\b))\/\w/],
  ])('names %s', (_what, rule) => {
    expect(namesThatMatch(rule, files)).toStrictEqual([]);
  });
});

describe('a document', () => {
  const documents = files.filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md');

  it.each(documents)('%s names only files that exist', (document) => {
    const links = [...text(document).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)];
    const paths = [
      ...text(document).matchAll(/`((?:src|test|build|bench|demo|release|deploy|docs|\.github)\/[\w./-]+)`/g),
    ];
    const named = [...links, ...paths].map(([, target = '']) => target);
    const exists = (target: string) => existsSync(target) || existsSync(join(dirname(document), target));
    expect(named.filter((target) => !exists(target))).toStrictEqual([]);
  });
});
