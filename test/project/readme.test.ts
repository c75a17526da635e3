import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, it } from 'vitest';
import { DESCRIPTION, drawDelete } from '../../demo/delete-picture.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { TOOL_DEFINITIONS } from '../../src/tools/catalog.ts';
import { PACKAGE, PROGRAM, TOKEN } from '../fixtures/harness.ts';
import { startHttp } from '../fixtures/http-harness.ts';
import { startScriptedApi } from '../fixtures/scripted-api.ts';

const readme = readFileSync('README.md', 'utf8');
const mcpJson = readFileSync('mcp.json', 'utf8');

/** Maximum number of lines of the README. */
const LINES_MAX = 119;

/** Maximum size of the picture, in bytes. */
const PICTURE_BYTES_MAX = 40_000;

describe('the README', () => {
  it('is short', () => {
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(LINES_MAX);
  });

  it('says before its first heading what happens where nobody can be asked', () => {
    const [top = ''] = readme.split('\n## ');
    expect(top).toMatch(/\*\*Where nobody can be asked\*\*(?:.|\n)*`--approval required`/);
  });

  it('gives the two commands that try it, and names only scripts that exist', () => {
    for (const command of ['npm ci && npm run demo', 'npm ci && npm test'])
      expect(readme).toContain(`\n\`\`\`sh\n${command}\n\`\`\`\n`);
    const named = [...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => script);
    expect(named.filter((script) => !(script in packageJson.scripts))).toStrictEqual([]);
  });

  it('names every tool, and what else has to be set for it', () => {
    for (const { name, toolset } of TOOL_DEFINITIONS) {
      const row = readme.split('\n').find((line) => line.startsWith('| `') && line.includes(`\`${name}\``));
      expect(row, name).toBeDefined();
      expect(row?.includes(`--toolsets cmk,${toolset}\``), name).toBe(toolset !== 'cmk');
    }
  });

  it('gives the figures of the last run', () => {
    const bench = readFileSync('bench/README.md', 'utf8').split('\n');
    const median = (name: string) => {
      const row = bench.find((line) => line.startsWith(`| ${name} |`)) ?? '';
      return Number(row.split(' | ')[2]?.replace(/[^\d.]/g, ''));
    };
    const figures = [
      `${median('the same over `node -e 0`').toFixed(1)} times`,
      `${median('memory after `tools/list` (RSS)').toFixed(0)} MiB`,
      `${median('names, descriptions, inputs of the six tools')} tokens`,
      `${median('installed').toFixed(1)} MB`,
    ];
    expect(figures.filter((figure) => !readme.includes(figure))).toStrictEqual([]);
  });
});

describe('its picture', () => {
  const picture = readFileSync('docs/images/delete.svg', 'utf8');

  it('shows what the server says to a client today', async () => {
    expect(await drawDelete(PROGRAM)).toBe(picture);
    for (const said of ['refuses, cmk_in_use:', 'refuses, approval_wrong_id:', 'deleted, approved by: human'])
      expect(picture).toContain(`>${said}<`);
  });

  it('is small, runs no script, loads nothing, and moves only where that is wanted', () => {
    expect(Buffer.byteLength(picture)).toBeLessThan(PICTURE_BYTES_MAX);
    expect(picture).not.toMatch(/<script|<image|<foreignObject|\son\w+=|href=|url\(|@import/i);
    const [still = '', moving = ''] = picture.split('@media (prefers-reduced-motion: no-preference) {');
    expect(still).not.toMatch(/animation|opacity|clip-path/);
    expect(moving).toContain('@keyframes');
    expect(picture).toContain('@media (prefers-color-scheme: dark)');
  });

  it('is told to those who do not see it', () => {
    expect(readme).toContain(
      `<img src="docs/images/delete.svg" width="800" alt="${DESCRIPTION.replaceAll('"', '&quot;')}">`,
    );
  });
});

describe('mcp.json', () => {
  const filled = JSON.parse(mcpJson.replaceAll(`\${AIVEN_TOKEN}`, TOKEN).replaceAll(`\${CMK_MCP_TOKEN}`, 'team-token'));
  const { 'aiven-cmk': local, 'aiven-cmk-team': team } = filled.mcpServers;

  it('is explained in the README', () => {
    expect(readme).toContain('[`mcp.json`](mcp.json)');
    for (const name of Object.keys(filled.mcpServers)) expect(readme).toContain(`\`${name}\``);
  });

  it('starts a server that calls Aiven with the token, once the client has filled in its variables', async () => {
    const api = await startScriptedApi();
    const { project, seen } = api.scene(() => [200, { cmks: [] }]);
    const { command, args, env } = local;
    const client = new Client({ name: 'test', version: '1' });
    const given = { ...env, AIVEN_API_ORIGIN: api.origin };
    await client.connect(new StdioClientTransport({ command, args, env: given, cwd: PACKAGE }));
    const result = await client.callTool({ name: 'aiven_cmk_list', arguments: { project } });
    expect(result.structuredContent).toStrictEqual({ cmks: [], total: 0 });
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    await client.close();
    await api.close();
  });

  it('connects to a server that runs for a team, as the README starts it', async () => {
    expect(readme).toContain('AIVEN_CMK_HTTP_TOKENS_FILE=tokens node dist/cli.js --http 8080');
    const tokens = join(mkdtempSync(join(tmpdir(), 'aiven-cmk-')), 'tokens');
    writeFileSync(tokens, `me cmk:read ${createHash('sha256').update('team-token').digest('hex')}\n`);
    const server = await startHttp(['--sandbox'], { AIVEN_CMK_HTTP_TOKENS_FILE: tokens });
    const url = new URL(team.url.replace('http://127.0.0.1:8080', server.origin));
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers: team.headers } }));
    expect((await client.listTools()).tools).toHaveLength(3);
    await client.close();
    await server.stop();
  });
});
