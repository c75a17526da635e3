/** SDK 1.x. Over stateless HTTP its capabilities are forgotten after `initialize`, so it cannot be asked there. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { toOutcome } from './outcome.mjs';

/** A connected client, for frameworks that take one. */
export async function connect({ command, args, env, url, headers, human }) {
  const client = new Client({ name: 'sdk-1', version: '1' }, { capabilities: human ? { elicitation: {} } : {} });
  if (human) client.setRequestHandler(ElicitRequestSchema, ({ params }) => human(params));
  const transport = url
    ? new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } })
    : new StdioClientTransport({ command, args, env });
  await client.connect(transport);
  return client;
}

export async function open(start) {
  const client = await connect(start);
  return {
    tools: async () => (await client.listTools()).tools.map(({ name, inputSchema }) => ({ name, schema: inputSchema })),
    call: async (name, args) => toOutcome(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
}
