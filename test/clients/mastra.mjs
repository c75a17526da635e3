/** Mastra's client. It answers questions of 2026-07-28 only, which it also speaks unless it is told otherwise. */
import { MCPClient } from '@mastra/mcp';

export async function open({ command, args, env, url, headers, human }) {
  const server = url ? { url: new URL(url), requestInit: { headers } } : { command, args, env };
  const inputRequests = async ({ params }) => human(params);
  const client = new MCPClient({ servers: { cmk: { ...server, ...(human && { inputRequests }) } } });
  const tools = await client.listTools();
  return {
    async tools() {
      return Object.entries(tools).map(([name, { inputSchema }]) => ({ name, schema: published(inputSchema) }));
    },
    async call(name, input) {
      try {
        return { value: await tools[`cmk_${name}`].execute(input, {}) };
      } catch ({ message }) {
        return { refusal: message };
      }
    },
    close: () => client.disconnect(),
  };
}

/** A tool's schema as Mastra makes it for a model. */
function published(schema) {
  return schema['~standard'].jsonSchema.input({ target: 'draft-07' });
}
