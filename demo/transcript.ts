/** Plays the README's picture: an agent, the built server with its sandbox, and a human who is asked. */
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const OLD = '44444444-4444-4444-8444-444444444444';
const USED = '22222222-2222-4222-8222-222222222222';
const typed = ['yes, go ahead', OLD];

const client = new Client(
  { name: 'demo', version: '1.0.0' },
  { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: 'auto' } },
);
client.setRequestHandler('elicitation/create', ({ params }) => {
  const answer = typed.shift() ?? '';
  say('server', typed.length === 1 ? `asks the human:\n${params.message}` : 'asks the human again');
  say('human', answer);
  return { action: 'accept', content: { cmk_id: answer } };
});
const args = [fileURLToPath(new URL('../dist/cli.js', import.meta.url)), '--sandbox'];
await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }));
for (const id of [USED, OLD, OLD]) await retire(id);
await client.close();

async function retire(id: string): Promise<void> {
  say('agent', `aiven_cmk_delete ${id}`);
  const given = { project: 'sandbox', cmk_id: id, confirm_cmk_id: id };
  const result = await client.callTool({ name: 'aiven_cmk_delete', arguments: given });
  const { error, approved_by } = result.structuredContent as { error?: Record<string, string>; approved_by?: string };
  say(
    'server',
    error ? `refuses, ${error.code}:\n${error.message}\n${error.hint}` : `deleted, approved by: ${approved_by}`,
  );
}

function say(who: string, text: string): void {
  const lines = text.split('\n').flatMap((line) => line.match(/.{1,92}(?:\s|$)/g) ?? []);
  process.stdout.write(
    `${lines.map((line, at) => `${(at === 0 ? who : '').padEnd(8)}${line.trimEnd()}`).join('\n')}\n`,
  );
}
