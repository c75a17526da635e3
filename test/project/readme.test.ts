import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, it } from 'vitest';
import { type Published, TOKEN } from '../fixtures/harness.ts';
import { startHttp } from '../fixtures/http-harness.ts';
import { startScriptedApi } from '../fixtures/scripted-api.ts';

/** The README with its table cells unpadded. */
const readme = readFileSync('README.md', 'utf8').replace(/ {2,}\|/g, ' |');
const mcpJson = readFileSync('mcp.json', 'utf8');
const tools: Published[] = JSON.parse(readFileSync('test/protocol/__snapshots__/tools.json', 'utf8'));

describe('the README', () => {
  it('shows mcp.json as it is', () => {
    expect(readme).toContain(`\`\`\`json\n${mcpJson}\`\`\``);
  });

  it('shows what the server does in a transcript that is played anew', () => {
    const script = 'demo/transcript.ts';
    const played = spawnSync(process.execPath, ['--import', 'tsx', script], { encoding: 'utf8', timeout: 120_000 });
    expect(played.stdout).toContain('approval_wrong_id');
    expect(readme).toContain(`\`\`\`text\n${played.stdout}\`\`\``);
  });

  it('lists every tool with its arguments', () => {
    for (const { name, inputSchema } of tools) {
      const { properties, required } = inputSchema as { properties: object; required: string[] };
      const args = Object.keys(properties).map((key) => `\`${key}${required.includes(key) ? '' : '?'}\``);
      expect(readme).toContain(`| \`${name}\` | ${args.join(', ')} |`);
    }
  });

  it('lists every setting that --help lists', async () => {
    const { usage } = await import('../../src/app/config/usage.ts');
    const names = [...usage().matchAll(/^ {2}(-\S+|AIVEN_\S+) /gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) expect(readme).toMatch(new RegExp(`^\\|[^|]*\`${name}[ \`]`, 'm'));
  });

  it('has no link to a file that is not there', () => {
    for (const [, target = ''] of readme.matchAll(/\]\((?!https:)([^)#]+)/g))
      expect(existsSync(target), target).toBe(true);
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
    await client.connect(new StdioClientTransport({ command, args, env: { ...env, AIVEN_API_ORIGIN: api.origin } }));
    const result = await client.callTool({ name: 'aiven_cmk_list', arguments: { project } });
    expect(result.structuredContent).toStrictEqual({ cmks: [] });
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
