import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const OLD = '44444444-4444-4444-8444-444444444444';
const USED = '22222222-2222-4222-8222-222222222222';

/** What one of the three said or did. */
export interface Turn {
  readonly who: 'agent' | 'server' | 'human';
  /** Lines that are not wrapped. */
  readonly text: string;
  /** What a refusal tells the agent to do next. */
  readonly hint?: string;
}

/**
 * Runs the example of the documentation with a built program and its sandbox: an agent that deletes, the server, and a person who is
 * asked. Returns what they said.
 */
export async function playConversation(program: string): Promise<Turn[]> {
  const typed = ['yes, go ahead', OLD];
  const turns: Turn[] = [];
  const client = new Client(
    { name: 'demo', version: '1.0.0' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: 'auto' } },
  );
  client.setRequestHandler('elicitation/create', ({ params }) => {
    const answer = typed.shift() ?? '';
    const question = typed.length === 1 ? `asks the human:\n${params.message}` : 'asks the human again';
    turns.push({ who: 'server', text: question }, { who: 'human', text: answer });
    return { action: 'accept', content: { cmk_id: answer } };
  });
  const args = [program, '--sandbox'];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }));
  try {
    for (const id of [USED, OLD, OLD]) {
      turns.push({ who: 'agent', text: `aiven_cmk_delete ${id}` });
      const given = { project: 'sandbox', cmk_id: id, confirm_cmk_id: id };
      const { structuredContent } = await client.callTool({ name: 'aiven_cmk_delete', arguments: given });
      const { error, approved_by } = structuredContent as Outcome; // The output schema of the tool, which the client checked.
      turns.push(
        error
          ? { who: 'server', text: `refuses, ${error.code}:\n${error.message}`, hint: error.hint }
          : { who: 'server', text: `deleted, approved by: ${approved_by}` },
      );
    }
  } finally {
    await client.close();
  }
  return turns;
}

interface Outcome {
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
  readonly approved_by?: string;
}

/** Returns a text in lines of a maximum length, in characters, broken at spaces. */
export function wrap(text: string, length: number): string[] {
  const pattern = new RegExp(`.{1,${length}}(?:\\s|$)`, 'g');
  return text.split('\n').flatMap((line) => (line.match(pattern) ?? [line]).map((part) => part.trimEnd()));
}
