/** LangChain's adapters: tools as they are bound to a chat model. They offer the server no elicitation. */
import { convertToOpenAITool } from '@langchain/core/utils/function_calling';
import { MultiServerMCPClient } from '@langchain/mcp-adapters';

export async function open({ command, args, env, url, headers }) {
  const cmk = url ? { transport: 'http', url, headers } : { transport: 'stdio', command, args, env };
  const client = new MultiServerMCPClient({ mcpServers: { cmk } });
  const tools = await client.getTools();
  return {
    async tools() {
      return tools.map((tool) => {
        const { name, parameters } = convertToOpenAITool(tool).function;
        return { name, schema: parameters };
      });
    },
    async call(name, input) {
      const tool = tools.find((each) => each.name === name);
      try {
        return { value: (await tool.invoke(input)).structuredContent };
      } catch (error) {
        return { refusal: error.message };
      }
    },
    close: () => client.close(),
  };
}
