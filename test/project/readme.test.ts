import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, it } from 'vitest';
import { DESCRIPTION, drawDelete } from '../../demo/delete-picture.ts';
import { usage } from '../../src/app/command-line/usage.ts';
import { TOOL_DEFINITIONS } from '../../src/tools/catalog.ts';
import { PACKAGE, PROGRAM, TOKEN } from '../fixtures/harness.ts';
import { startHttp } from '../fixtures/http-harness.ts';
import { startScriptedApi } from '../fixtures/scripted-api.ts';

/** The README with its table cells unpadded. */
const readme = readFileSync('README.md', 'utf8').replace(/ {2,}\|/g, ' |');
/** Maximum size of the picture, in bytes. */
const PICTURE_BYTES_MAX = 40_000;

const mcpJson = readFileSync('mcp.json', 'utf8');

describe('the README', () => {
  it('shows mcp.json as it is', () => {
    expect(readme).toContain(`\`\`\`json\n${mcpJson}\`\`\``);
  });

  it('lists every tool with its arguments', () => {
    for (const { name, inputSchema } of TOOL_DEFINITIONS) {
      const { properties, required = [] } = inputSchema;
      const args = Object.keys(properties).map((key) => `\`${key}${required.includes(key) ? '' : '?'}\``);
      expect(readme).toContain(`| \`${name}\` | ${args.join(', ')} |`);
    }
  });

  it('lists every setting that --help lists', () => {
    const names = [...usage().matchAll(/^ {2}(--[\w-]+|AIVEN_\w+)/gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) expect(readme).toMatch(new RegExp(`^\\|[^|]*\`${name}[ \`]`, 'm'));
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
