import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, it } from 'vitest';
import { playTranscript } from '../../demo/transcript.ts';
import { usage } from '../../src/app/command-line/usage.ts';
import { TOOL_DEFINITIONS } from '../../src/tools/catalog.ts';
import { PACKAGE, PROGRAM, TOKEN } from '../fixtures/harness.ts';
import { startHttp } from '../fixtures/http-harness.ts';
import { startScriptedApi } from '../fixtures/scripted-api.ts';

/** The README with its table cells unpadded. */
const readme = readFileSync('README.md', 'utf8').replace(/ {2,}\|/g, ' |');
const mcpJson = readFileSync('mcp.json', 'utf8');

describe('the README', () => {
  it('shows mcp.json as it is', () => {
    expect(readme).toContain(`\`\`\`json\n${mcpJson}\`\`\``);
  });

  it('shows what the server does in a transcript that is played anew', async () => {
    const played = await playTranscript(PROGRAM);
    expect(played).toContain('approval_wrong_id');
    expect(readme).toContain(`\`\`\`text\n${played}\`\`\``);
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
