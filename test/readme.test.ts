import { readFileSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, it } from 'vitest';
import { type Published, TOKEN } from './harness.ts';
import { startScriptedApi } from './scripted-api.ts';

/** The README with its table cells unpadded. */
const readme = readFileSync('README.md', 'utf8').replace(/ {2,}\|/g, ' |');
const mcpJson = readFileSync('mcp.json', 'utf8');
const tools: Published[] = JSON.parse(readFileSync('test/__snapshots__/tools.json', 'utf8'));

describe('the README', () => {
  it('shows mcp.json as it is', () => {
    expect(readme).toContain(`\`\`\`json\n${mcpJson}\`\`\``);
  });

  it('lists every tool with its arguments', () => {
    for (const { name, inputSchema } of tools) {
      const { properties, required } = inputSchema as { properties: object; required: string[] };
      const args = Object.keys(properties).map((key) => `\`${key}${required.includes(key) ? '' : '?'}\``);
      expect(readme).toContain(`| \`${name}\` | ${args.join(', ')} |`);
    }
  });

  it('lists every setting that --help lists', async () => {
    const { usage } = await import('../src/config/index.ts');
    const names = [...usage().matchAll(/^ {2}(\S+) {2,}/gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) expect(readme).toMatch(new RegExp(`^\\|[^|]*\`${name}[ \`]`, 'm'));
  });

  it('has no link to a file that is not there', () => {
    for (const [, target = ''] of readme.matchAll(/\]\((?!https:)([^)#]+)/g))
      expect(() => readFileSync(target)).not.toThrow(/ENOENT/);
  });
});

describe('mcp.json', () => {
  it('starts a server that calls Aiven with the token, once the client has filled in its variables', async () => {
    const api = await startScriptedApi();
    const { project, seen } = api.scene(() => [200, { cmks: [] }]);
    const { command, args, env } = JSON.parse(mcpJson.replaceAll(`\${AIVEN_TOKEN}`, TOKEN)).mcpServers['aiven-cmk'];
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StdioClientTransport({ command, args, env: { ...env, AIVEN_API_ORIGIN: api.origin } }));
    const result = await client.callTool({ name: 'aiven_cmk_list', arguments: { project } });
    expect(result.structuredContent).toStrictEqual({ cmks: [] });
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    await client.close();
    await api.close();
  });
});
