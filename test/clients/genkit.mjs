/** Genkit's client: tools as its `generate` takes them. It offers the server no elicitation. */
import { createMcpClient } from '@genkit-ai/mcp';
import { genkit } from 'genkit';

export async function open({ command, args, env, url, headers }) {
  const ai = genkit({});
  const mcpServer = url ? { url, requestInit: { headers } } : { command, args, env };
  const client = createMcpClient({ name: 'cmk', mcpServer });
  await client.ready();
  const tools = await client.getActiveTools(ai);
  return {
    async tools() {
      return tools.map(({ __action }) => ({ name: __action.name, schema: __action.inputJsonSchema }));
    },
    async call(name, input) {
      const tool = tools.find(({ __action }) => __action.name.endsWith(`/${name}`));
      const output = await tool(input);
      return 'error' in output ? { refusal: output.error } : { value: output };
    },
    close: () => client.disable(),
  };
}
