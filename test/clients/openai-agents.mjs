/**
 * OpenAI's agents: tools as an agent gets them, with schemas made strict, which is what breaks for schemas that models trip
 * on; run with the JSON text that a model sends. An agent is given the text of a result, without the mark of an error. They
 * offer the server no elicitation.
 */
import { getAllMcpTools, MCPServerStdio, MCPServerStreamableHttp, RunContext } from '@openai/agents';
import { outcomeOf } from './outcome.mjs';

export async function open({ command, args, env, url, headers }) {
  const server = url
    ? new MCPServerStreamableHttp({ url, name: 'cmk', requestInit: { headers } })
    : new MCPServerStdio({ command, args, env, name: 'cmk' });
  await server.connect();
  const tools = await getAllMcpTools({ mcpServers: [server], convertSchemasToStrict: true });
  return {
    async tools() {
      for (const { name, strict } of tools) if (!strict) throw new Error(`the schema of ${name} cannot be made strict`);
      return tools.map(({ name, parameters }) => ({ name, schema: parameters }));
    },
    async call(name, input) {
      const tool = tools.find((each) => each.name === name);
      // A strict schema requires every argument; a model then sends null for what it leaves out.
      const full = { ...Object.fromEntries(tool.parameters.required.map((key) => [key, null])), ...input };
      const { text } = await tool.invoke(new RunContext(), JSON.stringify(full));
      return outcomeOf(text);
    },
    close: () => server.close(),
  };
}
