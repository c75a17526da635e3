/** SDK 2.x, in each way in which it can come to a protocol revision. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { toOutcome } from './outcome.mjs';

const MODES = { legacy: 'legacy', auto: 'auto', pinned: { pin: '2026-07-28' } };

export async function open({ command, args, env, url, headers, human, variant }) {
  const client = new Client(
    { name: 'sdk-2', version: '1' },
    { capabilities: human ? { elicitation: {} } : {}, versionNegotiation: { mode: MODES[variant] } },
  );
  if (human) client.setRequestHandler('elicitation/create', ({ params }) => human(params));
  const transport = url
    ? new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } })
    : new StdioClientTransport({ command, args, env });
  await client.connect(transport);
  return {
    tools: async () => (await client.listTools()).tools.map(({ name, inputSchema }) => ({ name, schema: inputSchema })),
    call: async (name, args) => toOutcome(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
}
