/** Calls all six tools of the built server with a real MCP client, over stdio and against the sandbox. */
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const client = new Client({ name: 'demo', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
// Nobody follows this demonstration in a browser; `npm run demo:transcript` shows a person who is asked.
const args = [program, '--sandbox', '--approval', 'argument'];
await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }));

const project = 'sandbox';
const inUse = '22222222-2222-4222-8222-222222222222';
const resource = 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-4e5f-6789-abcd-ef0123456789';

const { tools } = await client.listTools();
print(`Connected to ${client.getServerVersion()?.name}, protocol ${client.getNegotiatedProtocolVersion()}, sandbox.`);
print(`Tools: ${tools.map(({ name }) => name).join(', ')}`);

await step('Which principals need access to the key?', 'aiven_cmk_accessors', { project });
const created = await step('Register a key.', 'aiven_cmk_create', { project, provider: 'aws', resource });
const id = String((created.cmk as { id: string }).id);
await step('List all keys.', 'aiven_cmk_list', { project });
await step('Get the new key.', 'aiven_cmk_get', { project, cmk_id: id });
await step('Make it the default.', 'aiven_cmk_update', { project, cmk_id: id, default_cmk: true });
await step('Delete it, confirming another id: refused.', 'aiven_cmk_delete', {
  project,
  cmk_id: id,
  confirm_cmk_id: inUse,
});
await step('Delete a key that services use: refused.', 'aiven_cmk_delete', {
  project,
  cmk_id: inUse,
  confirm_cmk_id: inUse,
});
await step('Delete the new key.', 'aiven_cmk_delete', { project, cmk_id: id, confirm_cmk_id: id });
await client.close();
print('\nAll six tools responded as expected.');

/** Calls a tool and prints call and result. @throws Error if a step titled "refused" succeeds, or another fails. */
async function step(title: string, name: string, args: Record<string, unknown>): Promise<Record<string, unknown>> {
  const result = await client.callTool({ name, arguments: args });
  const payload = result.structuredContent as Record<string, unknown>;
  const outcome = result.isError ? 'refused' : 'ok';
  print(`\n# ${title}\n> ${name} ${JSON.stringify(args)}\n< ${outcome}`);
  print(JSON.stringify(payload, null, 2).replace(/^/gm, '  '));
  if (title.endsWith('refused.') !== (outcome === 'refused'))
    throw new Error(`${name} returned ${outcome}, which was not expected.`);
  return payload;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
