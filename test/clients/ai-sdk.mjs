/** The AI SDK's client: its tools as a model gets them, run by their own `execute`. */
import { createMCPClient, ElicitationRequestSchema } from '@ai-sdk/mcp';
import { Experimental_StdioMCPTransport as StdioTransport } from '@ai-sdk/mcp/mcp-stdio';
import { toOutcome } from './outcome.mjs';

export async function open({ command, args, env, url, headers, human }) {
  const client = await createMCPClient({
    transport: url ? { type: 'http', url, headers } : new StdioTransport({ command, args, env }),
    ...(human && { capabilities: { elicitation: {} } }),
  });
  if (human) client.onElicitationRequest(ElicitationRequestSchema, ({ params }) => human(params));
  const tools = await client.tools();
  return {
    async tools() {
      const entries = Object.entries(tools);
      return Promise.all(entries.map(async ([name, tool]) => ({ name, schema: await tool.inputSchema.jsonSchema })));
    },
    call: async (name, input) => toOutcome(await tools[name].execute(input, { toolCallId: '1', messages: [] })),
    close: () => client.close(),
  };
}
