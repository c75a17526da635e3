import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const OLD = '44444444-4444-4444-8444-444444444444';
const USED = '22222222-2222-4222-8222-222222222222';

/** Maximum length of a line of the transcript beside the column of names, in characters. */
const LINE_MAX = 92;

/** Runs the README's example with a built program and its sandbox: an agent, the server, and a person who is asked. Returns the transcript. */
export async function playTranscript(program: string): Promise<string> {
  const typed = ['yes, go ahead', OLD];
  const said: string[] = [];
  const say = (who: string, text: string) => said.push(...toLines(who, text));
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
  const args = [program, '--sandbox'];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }));
  try {
    for (const id of [USED, OLD, OLD]) {
      say('agent', `aiven_cmk_delete ${id}`);
      const given = { project: 'sandbox', cmk_id: id, confirm_cmk_id: id };
      const { structuredContent } = await client.callTool({ name: 'aiven_cmk_delete', arguments: given });
      const { error, approved_by } = structuredContent as { error?: Record<string, string>; approved_by?: string };
      const refused = error && `refuses, ${error.code}:\n${error.message}\n${error.hint}`;
      say('server', refused ?? `deleted, approved by: ${approved_by}`);
    }
  } finally {
    await client.close();
  }
  return said.join('');
}

function toLines(who: string, text: string): string[] {
  const lines = text.split('\n').flatMap((line) => line.match(new RegExp(`.{1,${LINE_MAX}}(?:\\s|$)`, 'g')) ?? []);
  return lines.map((line, at) => `${(at === 0 ? who : '').padEnd(8)}${line.trimEnd()}\n`);
}
