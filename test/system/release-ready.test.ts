import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { checkAccount, writeAccount } from '../../release/account.ts';
import { requireNone } from '../../release/audit.ts';
import { requireReady } from '../../release/ready.ts';
import { checkVersion, PLACES } from '../../release/version.ts';

const KNOWN = {
  repository: 'https://github.com/acme/cmk',
  image: 'ghcr.io/acme/aiven-cmk-mcp',
  codeOwners: '@acme/platform @ada',
  npmOwners: 'ada acme.ci',
};
const UNKNOWN = { repository: '', image: 'registry.example.com/aiven-cmk-mcp', codeOwners: '', npmOwners: '' };
const NONE = { auditReportVersion: 2, vulnerabilities: {}, metadata: { vulnerabilities: { high: 0, total: 0 } } };
const ONE = {
  vulnerabilities: { leftpad: { severity: 'high' } },
  metadata: { vulnerabilities: { high: 1, total: 1 } },
};
const folder = mkdtempSync(join(tmpdir(), 'aiven cmk ready '));
const tree = join(folder, 'tree');
const read = (file: string) => readFileSync(join(tree, file), 'utf8');
const write = (file: string, text: string) => writeFileSync(join(tree, file), text);
const setAccount = (account: object) => write('release/account.json', JSON.stringify(account));
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  rmSync(tree, { recursive: true, force: true });
  const files = [...PLACES.map(({ file }) => file), 'CHANGELOG.md', 'release/account.json', '.github/CODEOWNERS'];
  for (const file of [...files, 'deploy/helm/aiven-cmk-mcp/values.yaml', 'README.md']) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    cpSync(file, join(tree, file));
  }
  setAccount(UNKNOWN);
  writeAccount(tree);
});

describe('the account', () => {
  it('is what every place here says', () => {
    expect(() => checkAccount('.')).not.toThrow();
  });

  it('is written to every place that names it, as often as wished, and taken away again', () => {
    const before = PLACES.map(({ file }) => read(file));
    setAccount(KNOWN);
    expect(() => checkAccount(tree)).toThrow('package.json does not say');
    writeAccount(tree);
    writeAccount(tree);
    checkAccount(tree);
    const { repository } = KNOWN;
    expect(JSON.parse(read('package.json'))).toMatchObject({
      homepage: `${repository}#readme`,
      bugs: `${repository}/issues`,
      repository: { type: 'git', url: `git+${repository}.git` },
      mcpName: 'io.github.acme/aiven-cmk-mcp',
    });
    const server = { url: repository, source: 'github' };
    expect(JSON.parse(read('server.json'))).toMatchObject({ name: 'io.github.acme/aiven-cmk-mcp', repository: server });
    expect(read('deploy/Dockerfile')).toContain('server.name="io.github.acme/aiven-cmk-mcp"');
    expect(read('deploy/kubernetes/deployment.yaml')).toContain(`image: ${KNOWN.image}:${checkVersion(tree)}\n`);
    expect(read('deploy/helm/aiven-cmk-mcp/values.yaml')).toContain(`  repository: ${KNOWN.image}\n`);
    expect(read('.github/CODEOWNERS')).toContain('\n* @acme/platform @ada\n');
    setAccount(UNKNOWN);
    writeAccount(tree);
    expect(PLACES.map(({ file }) => read(file))).toStrictEqual(before);
  });

  it.each([
    ['a repository elsewhere', { repository: 'https://example.com/acme/cmk' }],
    ['a repository that would break out of its place', { repository: 'https://github.com/acme/c"k' }],
    ['an image with a tag', { image: 'ghcr.io/acme/aiven-cmk-mcp:1' }],
    ['an owner without @', { codeOwners: 'ada' }],
    ['an npm account with an address', { npmOwners: 'ada <ada@acme.example>' }],
    ['a name that it does not know', { owner: 'acme' }],
  ])('is refused with %s', (_title, wrong) => {
    setAccount({ ...KNOWN, ...wrong });
    expect(() => writeAccount(tree)).toThrow('release/account.json');
  });

  it('is all that the relative links of the README take on npm, which resolves them in the repository', () => {
    const links = read('README.md').match(/(?<=\]\()(?!https?:|#)[^)\s]+|(?<=src=")(?!https?:)[^"]+/g) ?? [];
    const tracked = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).split('\n');
    const inRepository = 'https://github.com/acme/cmk/blob/HEAD/';
    for (const link of links) {
      const [path = ''] = decodeURI(new URL(link, inRepository).href).slice(inRepository.length).split('#');
      expect(
        tracked.some((file) => file === path || file.startsWith(`${path}/`)),
        link,
      ).toBe(true);
    }
    expect(links.length).toBeGreaterThan(5);
  });
});

describe('a release is ready', () => {
  it('when tag, version and CHANGELOG agree and the account is known and written', () => {
    const version = checkVersion(tree);
    write('CHANGELOG.md', `# Changelog\n\n## [Unreleased]\n\n## [${version}] - 2030-01-02\n`);
    expect(() => requireReady(tree, `v${version}`)).toThrow('repository is not set');
    setAccount(KNOWN);
    expect(() => requireReady(tree, `v${version}`)).toThrow('does not say');
    writeAccount(tree);
    expect(requireReady(tree, `v${version}`)).toBe(version);
    for (const tag of [version, `v${version}0`, 'v0.0.1', '']) expect(() => requireReady(tree, tag)).toThrow('tag');
    write('CHANGELOG.md', '# Changelog\n\n## [Unreleased]\n');
    expect(() => requireReady(tree, `v${version}`)).toThrow('no dated heading');
  });

  it.each([
    ['a vulnerable package', JSON.stringify(ONE), 'leftpad (high)'],
    ['a report that counts one and names none', JSON.stringify({ ...ONE, vulnerabilities: {} }), 'known vulnerability'],
    ['a registry that gives no report', '{"message":"405 Method Not Allowed","error":{}}', 'not known'],
    ['no output', '', 'not known'],
    ['a report without counts', '{"vulnerabilities":{}}', 'not known'],
  ])('not with %s', (_title, report, why) => {
    expect(() => requireNone(JSON.stringify(NONE))).not.toThrow();
    expect(() => requireNone(report)).toThrow(why);
  });

  it('only after an audit: the command changes nothing without one, and cuts the version with one', () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const answer = (report: object) => {
      // In place of npm, so that no registry is asked.
      writeFileSync(join(bin, 'npm'), `#!/bin/sh\n[ "$1" = audit ] && echo '${JSON.stringify(report)}'\n`);
      chmodSync(join(bin, 'npm'), 0o755);
    };
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: tree, encoding: 'utf8' });
    write('CHANGELOG.md', '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n');
    git('init', '-q');
    git('add', '-A');
    git('commit', '-qm', 'x');
    const program = [resolve('node_modules/tsx/dist/cli.mjs'), resolve('release/main.ts'), 'version', '9.10.0'];
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
    const cut = () => spawnSync(process.execPath, program, { cwd: tree, env, encoding: 'utf8' });
    answer(ONE);
    expect(cut()).toMatchObject({ status: 1, stderr: expect.stringContaining('leftpad (high)') });
    expect(git('status', '--porcelain')).toBe('');
    answer(NONE);
    expect(cut()).toMatchObject({ status: 0, stdout: expect.stringContaining('is now 9.10.0') });
    expect(checkVersion(tree)).toBe('9.10.0');
    expect(read('CHANGELOG.md')).toMatch(/## \[9\.10\.0\] - \d{4}-\d{2}-\d{2}\n/);
  });
});
