import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { checkInstall, documentsOf, readInstall, toForm, writeInstall } from '../../release/install.ts';
import { requireOurs } from '../../release/published.ts';

const folder = mkdtempSync(join(tmpdir(), 'aiven cmk install '));
const files = ['release/install.json', ...documentsOf('.')];
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const texts = () => files.map(read);
afterAll(() => rmSync(folder, { recursive: true }));

for (const file of files) mkdirSync(dirname(join(folder, file)), { recursive: true });
const committed = files.map((file) => [join(folder, file), readFileSync(file)] as const);
beforeEach(() => {
  for (const [copy, bytes] of committed) writeFileSync(copy, bytes);
});

describe('how the documents install the package', () => {
  it('is that of the present state, in every snippet and button', () => {
    expect(() => checkInstall('.')).not.toThrow();
    expect(files).toContain('README.md');
    expect(files).toContain('docs/clients/vs-code.md');
  });

  it('is switched by one value, and switched back to the same bytes', () => {
    const { published } = readInstall(folder);
    const before = texts();
    expect(writeInstall(folder)).toStrictEqual([]);
    const changed = writeInstall(folder, !published);
    checkInstall(folder);
    expect(readInstall(folder).published).toBe(!published);
    expect(changed).toContain('README.md');
    expect(changed.filter((file) => file.startsWith('docs/clients/'))).toHaveLength(12);
    writeInstall(folder, !published);
    writeInstall(folder, published);
    expect(texts()).toStrictEqual(before);
  });

  it('has no text that no document has', () => {
    const present = readInstall('.').published ? 'npm' : 'checkout';
    const documents = documentsOf('.').map(read);
    const buttons = documents.flatMap((text) => text.match(/(?<=&config=)[^)\s]+/g)?.map(decode) ?? []);
    const unused = readInstall('.').texts.filter(
      (text) => ![...documents, ...buttons].some((each) => each.includes(text[present])),
    );
    expect(unused).toStrictEqual([]);
  });

  it('is with npm, once published, what a stranger expects', () => {
    writeInstall(folder, true);
    expect(read('README.md')).toContain('-- npx -y aiven-cmk-mcp\n');
    expect(read('docs/clients/codex.md')).toContain('command = "npx"\nargs = ["-y", "aiven-cmk-mcp"]\n');
    expect(read('docs/clients/README.md')).toContain('"args": ["-y", "aiven-cmk-mcp", "--sandbox"] }');
    const button = /(?<=&config=)[^)]+/.exec(read('docs/clients/cursor.md'))?.[0] ?? '';
    expect(JSON.parse(decode(button))).toMatchObject({ command: 'npx', args: ['-y', 'aiven-cmk-mcp'] });
  });

  it.each([
    'npx aiven-cmk-mcp',
    'npx --yes aiven-cmk-mcp@latest --sandbox',
    'npm i -g aiven-cmk-mcp',
    'npm install --global aiven-cmk-mcp',
    'pnpm dlx aiven-cmk-mcp',
    'yarn add aiven-cmk-mcp',
    'bunx aiven-cmk-mcp',
    '{ "command": "npx", "args": ["-y", "aiven-cmk-mcp"] }',
    'command: npx\nargs: [-y, aiven-cmk-mcp]',
    "command = 'npx'\nargs = ['-y', 'aiven-cmk-mcp']",
    'command:\n  - npx\n  - aiven-cmk-mcp',
    '{"command":"cmd","args":["/c","npx","aiven-cmk-mcp"]}',
    '[x](https://cursor.com/en/install-mcp?name=x&config=eyJjb21tYW5kIjoibnB4IiwiYXJncyI6WyJhaXZlbi1jbWstbWNwIl19)',
    '[x](https://insiders.vscode.dev/redirect/mcp/install?name=x&config=%7B%22command%22%3A%22npx%22%7D)',
  ])('may not fetch the name from npm while it is not published: %s', (text) => {
    writeInstall(folder, false);
    writeFileSync(join(folder, 'docs/security.md'), `${read('docs/security.md')}\n${text}\n`);
    expect(() => checkInstall(folder)).toThrow('docs/security.md');
  });

  it('may install a tarball or a checkout', () => {
    writeInstall(folder, false);
    const text = 'npm install --global ./aiven-cmk-mcp-0.2.0.tgz\nnpm install --global "$(npm pack --silent)"\n';
    writeFileSync(join(folder, 'docs/security.md'), text);
    expect(() => checkInstall(folder)).not.toThrow();
    expect(toForm(text, readInstall(folder))).toBe(text);
  });

  it('is not read from settings that are not understood', () => {
    for (const wrong of ['{}', '{"published":"no","texts":[]}', '{"published":false,"texts":[{"npm":"x"}]}']) {
      writeFileSync(join(folder, 'release/install.json'), wrong);
      expect(() => readInstall(folder)).toThrow('release/install.json');
    }
  });
});

describe('a package on npm', () => {
  const { name, mcpName } = packageJson;
  const owners = 'ada <ada@acme.example>\nacme.ci <ci@acme.example>\n';
  const ours = { view: JSON.stringify({ name, version: '1.0.0', mcpName }), owners };
  const view = (changed: object) => ({ ...ours, view: JSON.stringify({ ...JSON.parse(ours.view), ...changed }) });
  const ownedBy = (printed: string) => ({ ...ours, owners: printed });

  it('is ours when all its owners are those of release/account.json', () => {
    expect(requireOurs(ours, 'ada acme.ci')).toBe('1.0.0');
  });

  it.each([
    ['somebody else beside us', ours, 'ada', 'acme.ci'],
    ['an owner whose name begins like ours', ownedBy('adam <a@b.example>'), 'ada', 'adam'],
    ['an owner whose address is ours', ownedBy('mallory <x> ada <ada@acme.example>'), 'ada', 'mallory'],
    ['no owner', ownedBy('no admin found\n'), 'ada', 'no admin found'],
    ['a line of another form', ownedBy('ada'), 'ada', 'not ours'],
    ['no owners said', ownedBy(''), 'ada', 'not ours'],
    ['another name in the MCP registry', view({ mcpName: 'io.github.mallory/x' }), 'ada acme.ci', 'mallory'],
    ['another name', view({ name: 'aiven-cmk-mpc' }), 'ada acme.ci', 'cannot be read'],
    ['a text that is not JSON', { ...ours, view: 'aiven-cmk-mcp@1.0.0' }, 'ada', 'cannot be read'],
    ['nothing', { view: '', owners: '' }, 'ada', 'cannot be read'],
    ['no account of ours', ours, '', 'npmOwners is not set'],
  ])('is not ours with %s', (_title, printed, npmOwners, why) => {
    expect(() => requireOurs(printed, npmOwners)).toThrow(why);
  });
});

function decode(config: string): string {
  const text = decodeURIComponent(config);
  return text.startsWith('{') ? text : Buffer.from(text, 'base64').toString();
}
