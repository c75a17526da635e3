import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((name) => name !== '');
const source = files.filter((name) => name.startsWith('src/') && name.endsWith('.ts'));
const text = (name: string) => readFileSync(name, 'utf8');

/** The layers, outermost first: a file may import from its own layer's folder and from any layer below. */
const LAYERS = [
  /^src\/cli\.ts$/,
  /^src\/main\.ts$/,
  /^src\/config\//,
  /^src\/(transports|shell)\//,
  /^src\/server\.ts$/,
  /^src\/metrics\.ts$/,
  /^src\/call\.ts$/,
  /^src\/(peer|prompts|on-call|offer)\.ts$/,
  /^src\/(arguments|listing)\.ts$/,
  /^src\/schema\.ts$/,
  /^src\/tools\//,
  /^src\/scopes\.ts$/,
  /^src\/tool\.ts$/,
  /^src\/(approval|audit|plan)\.ts$/,
  /^src\/sandbox\//,
  /^src\/aiven\//,
  /^src\/(errors|secret|activity|modes|clean|sdk-shims|without-eval)\.ts$/,
];
const layer = (name: string) => LAYERS.findIndex((pattern) => pattern.test(name));

/** The modules a file imports: our own as paths from the root, others by name. */
function imports(name: string): string[] {
  return [...text(name).matchAll(/(?:^|\s)(?:import|from)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) =>
    target.startsWith('.') ? new URL(target, `file:///${name}`).pathname.slice(1) : target,
  );
}

describe('the house', () => {
  it.each(source)('%s has a layer and imports only from there down', (name) => {
    expect(layer(name)).toBeGreaterThanOrEqual(0);
    for (const target of imports(name).filter((path) => path.startsWith('src/'))) {
      expect(`${target}: ${layer(target) >= layer(name)}`).toBe(`${target}: true`);
    }
  });

  it.each([
    ['ky', /^src\/aiven\/wire\.ts$/],
    ['node:http', /^src\/(transports|sandbox\/door|aiven\/send)/],
    ['@modelcontextprotocol/server/stdio', /^src\/transports\/stdio\.ts$/],
    ['@modelcontextprotocol/server', /^src\/(server|call|peer|prompts|tool|approval)\.ts$|^src\/(transports|shell)\//],
  ])('%s has one door', (target, door) => {
    expect(source.filter((name) => imports(name).includes(target) && !door.test(name))).toStrictEqual([]);
  });

  it.each([
    ['the command line, the environment and exit codes', /process\.(argv|env|exit|exitCode)\b/, /^src\/cli\.ts$/],
    ['standard error', /process\.stderr\b/, /^src\/cli\.ts$/],
    ['standard output', /process\.stdout\b/, /^src\/(cli|transports\/stdio|shell\/call)\.ts$/],
  ])('%s has one door', (_what, pattern, door) => {
    expect(source.filter((name) => pattern.test(text(name)) && !door.test(name))).toStrictEqual([]);
  });

  it.each(files.filter((name) => name.endsWith('.ts') && name !== 'test/house.test.ts'))(
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
    const tools = source.filter((name) => /^src\/tools\/(?!index|fields)/.test(name));
    for (const name of tools) {
      expect(text(name)).toContain(`name: 'aiven_cmk_${/([a-z_]+)\.ts$/.exec(name)?.[1]}'`);
    }
  });
});
