import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOOL_DEFINITIONS } from '../../src/tools/catalog.ts';
import { PACKAGE, TOKEN } from '../fixtures/harness.ts';
import { type HttpServer, startHttp } from '../fixtures/http-harness.ts';
import { type Installed, installed } from '../fixtures/installed.ts';
import { type ScriptedApi, startScriptedApi } from '../fixtures/scripted-api.ts';
import { type Entry, fill, OVERVIEW, PAGES, read, SNIPPETS } from '../fixtures/snippets.ts';
import { SPAWNED } from '../fixtures/spawned.ts';

const KEY = 'aiven-cmk';
const TEAM_TOKEN = 'team-token';
const ISSUER = 'http://127.0.0.1:9/issuer';
const hosts: { devDependencies: Record<string, string> } = JSON.parse(readFileSync('test/hosts/package.json', 'utf8'));
const first = (section: string) => {
  const snippet = SNIPPETS.find((each) => each.section === section);
  if (!snippet) throw new Error(`There is no snippet for ${section}.`);
  return read(snippet).file;
};

describe('docs/clients', () => {
  const rows = [...OVERVIEW.matchAll(/^\| \[(.+?)\]\((.+?)\) \|.*\| ([\d.]*) ?\|$/gm)];

  it('has a page for each client in its table, and none beside', () => {
    expect(rows.map(([, , file]) => file).sort()).toStrictEqual([...PAGES.keys()].sort());
    expect(rows).toHaveLength(11);
    for (const [, client = '', file = ''] of rows) {
      expect(file).toBe(`${client.toLowerCase().replaceAll(' ', '-')}.md`);
      expect(PAGES.get(file)).toMatch(new RegExp(`^# ${client}\n`));
      expect(SNIPPETS.filter(({ section }) => section === client).length, client).toBeGreaterThan(0);
    }
  });

  it.each([...PAGES])(
    '%s says where its file is, where the token comes from, who is asked and how to check',
    (_name, page) => {
      const named = [...page.matchAll(/^- \*\*(\w+)\*\*: \S/gm)].map(([, name]) => name);
      expect(named).toStrictEqual(['File', 'Token', 'Approvals', 'Check']);
    },
  );

  it('claims to be checked with the versions that are checked', () => {
    const claimed = [...rows.map(([, , , version = '']) => version), /mcporter ([\d.]+\d)/.exec(OVERVIEW)?.[1] ?? ''];
    expect(claimed.filter((version) => version !== '').sort()).toStrictEqual(
      Object.values(hosts.devDependencies).sort(),
    );
  });

  it('has buttons that install what its snippets say, and the README has the same', () => {
    const { inputs, servers } = first('VS Code') as { inputs: unknown; servers: Record<string, unknown> };
    const { mcpServers } = first('Cursor') as { mcpServers: Record<string, unknown> };
    const json = (value: unknown) => encodeURIComponent(JSON.stringify(value));
    const base64 = encodeURIComponent(Buffer.from(JSON.stringify(mcpServers[KEY])).toString('base64'));
    const links = (page = '') => [...page.matchAll(/\[!\[.+?\]\(.+?\)\]\((.+?)\)/g)].map(([, link]) => link);
    const expected = [
      `https://insiders.vscode.dev/redirect/mcp/install?name=${KEY}&inputs=${json(inputs)}&config=${json(servers[KEY])}`,
      `https://cursor.com/en/install-mcp?name=${KEY}&config=${base64}`,
    ];
    expect([...links(PAGES.get('vs-code.md')), ...links(PAGES.get('cursor.md'))]).toStrictEqual(expected);
    expect(links(readFileSync('README.md', 'utf8'))).toStrictEqual(expected);
  });

  it('has the README add it to Claude Code as its page does', () => {
    expect(readFileSync('README.md', 'utf8')).toContain(SNIPPETS.find(({ language }) => language === 'sh')?.text);
  });

  it('has clients ask for what they fill in, and not show it', () => {
    for (const snippet of SNIPPETS.filter(({ section }) => section === 'VS Code')) {
      const { file, servers } = read(snippet);
      const asked: string[] = [];
      fill(servers, snippet, (id) => String(asked.push(id)));
      expect(file.inputs).toStrictEqual(
        asked.map((id) => ({ type: 'promptString', id, description: expect.any(String), password: true })),
      );
    }
  });

  describe('its snippets', () => {
    let here: Installed;
    let api: ScriptedApi;
    let team: HttpServer;
    let env: Record<string, string>;
    const home = mkdtempSync(join(tmpdir(), 'aiven-cmk-'));

    beforeAll(async () => {
      [here, api] = await Promise.all([installed(PACKAGE), startScriptedApi()]);
      // Once the package is on npm, the snippets start npx, which itself takes a third of a second and a core, and package.test.ts
      // starts it. This one does what it comes to: where the package is installed, run its command.
      const bin = join(home, 'bin');
      mkdirSync(bin);
      writeFileSync(join(bin, 'npx'), '#!/bin/sh\n[ "$1" = -y ] && shift\nexec "$@"\n', { mode: 0o755 });
      writeFileSync(join(bin, 'cmd'), '#!/bin/sh\n[ "$1" = /c ] && shift && exec "$@"\n', { mode: 0o755 });
      env = { ...here.env, HOME: home, PATH: `${bin}:${here.env.PATH}` };
      execFileSync('sh', ['-c', SNIPPETS.find(({ section }) => section === 'The token')?.text ?? 'false'], {
        env,
        input: `${TOKEN}\n`,
      });
      const tokens = join(home, 'tokens');
      writeFileSync(tokens, `me cmk:read ${createHash('sha256').update(TEAM_TOKEN).digest('hex')}\n`);
      team = await startHttp(['--sandbox'], { AIVEN_CMK_HTTP_TOKENS_FILE: tokens });
    });
    afterAll(async () => {
      await Promise.all([team.stop(), api.close()]);
    });

    it('write a token file that nobody else can read', () => {
      expect(readFileSync(join(home, '.aiven-token'), 'utf8').trim()).toBe(TOKEN);
      expect(statSync(join(home, '.aiven-token')).mode & 0o777).toBe(0o600);
    });

    const lookUp = (name: string) => (/cmk.(mcp.)?(token|server)/i.test(name) ? TEAM_TOKEN : TOKEN);

    it('print where Node and the installed program are', () => {
      const shell = SNIPPETS.find(({ section }) => section === 'Started from a dock')?.text ?? 'false';
      const printed = execFileSync('sh', ['-c', shell], { env, encoding: 'utf8' }).trim().split('\n');
      expect(printed.map((path) => realpathSync(path))).toStrictEqual([
        realpathSync(process.execPath),
        realpathSync(join(here.root, 'dist/cli.js')),
      ]);
    });

    const cases = SNIPPETS.filter(({ section, language }) => language !== 'sh' || section === 'Claude Code').map(
      (each) => [each.title, each] as const,
    );
    it.concurrent.each(cases)('%s works', async (_title, snippet) => {
      const { servers } = read(snippet);
      expect(Object.keys(servers)).toStrictEqual([KEY]);
      for (const { name } of TOOL_DEFINITIONS) expect(`mcp__${KEY}__${name}`.length).toBeLessThanOrEqual(60);
      expect(snippet.text).not.toMatch(new RegExp(`${TOKEN}|${TEAM_TOKEN}`));
      const entry = fill(servers[KEY], snippet, lookUp);
      if (!entry) throw new Error('No server in it.');
      await ('url' in entry ? connect(entry) : start(entry));
    });

    const started = new Map<string, Promise<void>>();

    /** Starts what an entry names, unless another snippet came to the same; the token must reach Aiven. */
    function start(entry: Exclude<Entry, { url: string }>): Promise<void> {
      const key = JSON.stringify(entry);
      const running = started.get(key) ?? startOnce(entry);
      started.set(key, running);
      return running;
    }

    /** Returns a path of the document as it is on this machine: in the home folder here, or where Node and the package are. */
    function inHome(text: string): string {
      return text
        .replace(/^\/Users\/you\/\.nvm\/.*\/bin\/node$/, process.execPath)
        .replace(/^\/Users\/you\/\.nvm\/.*\/bin\/aiven-cmk-mcp$/, join(here.folder, 'node_modules/.bin/aiven-cmk-mcp'))
        .replace(/^\/Users\/you\/|^C:\\Users\\you\\/, `${home}/`);
    }

    async function startOnce({ command, args, env: given }: Exclude<Entry, { url: string }>): Promise<void> {
      const variables = Object.entries(given).map(([name, text]) => [name, inHome(text)]);
      const sandbox = args.includes('--sandbox');
      const scene = api.scene(() => [200, { cmks: [] }]);
      const project = sandbox ? 'sandbox' : scene.project;
      const origin = sandbox ? {} : { AIVEN_API_ORIGIN: api.origin };
      const client = await SPAWNED[0]?.open({
        command: inHome(command),
        args: args.map(inHome),
        cwd: here.folder,
        env: { ...env, ...origin, ...Object.fromEntries(variables) },
      });
      expect(await client?.call('aiven_cmk_list', { project })).toMatchObject({ isError: false });
      expect(scene.seen.map(({ headers }) => headers.authorization)).toStrictEqual(sandbox ? [] : [`Bearer ${TOKEN}`]);
      await client?.close();
    }

    /** Connects as an entry says. */
    async function connect({ url, headers }: Extract<Entry, { url: string }>): Promise<void> {
      const address = new URL(url.replace('https://cmk.example.com', team.origin));
      if (Object.keys(headers).length === 0) return signIn(address);
      expect(headers).toStrictEqual({ Authorization: `Bearer ${TEAM_TOKEN}` });
      const client = new Client({ name: 'test', version: '1' });
      await client.connect(new StreamableHTTPClientTransport(address, { requestInit: { headers } }));
      expect(await client.callTool({ name: 'aiven_cmk_list', arguments: { project: 'sandbox' } })).not.toHaveProperty(
        'isError',
        true,
      );
      await client.close();
    }

    /** Follows a refusal to where a client without a header opens the page to sign in. */
    async function signIn({ pathname }: URL): Promise<void> {
      const oidc = { AIVEN_CMK_OIDC_ISSUER: ISSUER, AIVEN_CMK_OIDC_AUDIENCE: 'cmk' };
      const server = await startHttp(['--sandbox'], oidc);
      const refused = await fetch(new URL(pathname, server.origin), { method: 'POST' });
      const [, metadata = ''] = /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '') ?? [];
      expect(await (await fetch(metadata)).json()).toMatchObject({ authorization_servers: [ISSUER] });
      await server.stop();
    }
  });
});
