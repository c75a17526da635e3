import {
  type CallToolResult,
  McpServer,
  type ServerContext,
  type StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import packageJson from '../package.json' with { type: 'json' };
import { Aiven, type Connection } from './aiven/client.ts';
import { readArguments } from './arguments.ts';
import { CmkError } from './errors.ts';
import { type JsonSchema, publishInput, publishOutput } from './schema.ts';
import type { Tool } from './tool.ts';
import { TOOLS } from './tools/index.ts';

const INFO = { name: 'aiven-cmk', title: 'Aiven CMK', version: packageJson.version };

const INSTRUCTIONS = `Customer managed keys (CMK, "bring your own key") of Aiven projects.
To add a key: aiven_cmk_accessors, let the user grant those principals access in the cloud's KMS, aiven_cmk_create, then aiven_cmk_update if it is to be the default for new services.
To retire a key: aiven_cmk_list, make sure no service uses it, show it to the user, and only on their explicit wish aiven_cmk_delete. A deleted key cannot be brought back, and services that still use it stop.
A failed call answers {"error": {code, message, hint, retryable}}: follow the hint. Never repeat a create or delete whose outcome is unclear; look with aiven_cmk_list first.`;

/** The tool list never changes while the server runs; clients may keep it this long, in milliseconds. */
const LIST_TTL_MS = 3_600_000;

/** A factory of MCP servers, one per connection or request, over one connection to the API. */
export function createServerFactory(connection: Connection): () => McpServer {
  const published = TOOLS.map((tool) => ({
    tool,
    config: {
      title: tool.title,
      description: tool.description,
      annotations: tool.annotations,
      inputSchema: asPublished(publishInput(tool.input)),
      outputSchema: asPublished(publishOutput(tool.output)),
    },
  }));
  return () => {
    const server = new McpServer(INFO, {
      instructions: INSTRUCTIONS,
      capabilities: { tools: { listChanged: false } },
      cacheHints: { 'tools/list': { ttlMs: LIST_TTL_MS, cacheScope: 'private' } },
    });
    for (const { tool, config } of published) {
      server.registerTool(tool.name, config, (args, context) => call(tool, args, context, connection));
    }
    return server;
  };
}

/** The one way into a tool, and the one place that catches: whatever happens becomes a result of the tool's schema. */
async function call(
  tool: Tool,
  given: unknown,
  context: ServerContext,
  connection: Connection,
): Promise<CallToolResult> {
  try {
    const args = readArguments(tool, given);
    const aiven = new Aiven(connection, context.mcpReq.signal);
    return toResult(await tool.handler(args, { aiven }), connection);
  } catch (thrown) {
    return { ...toResult({ error: CmkError.from(thrown).toBody() }, connection), isError: true };
  }
}

/** Some hosts show the model only the text, some only the structured content: both carry the same JSON. */
function toResult(payload: object, { token }: Connection): CallToolResult {
  const json = JSON.stringify(payload);
  const text = token.redact(json);
  const structuredContent = text === json ? { ...payload } : JSON.parse(text);
  return { content: [{ type: 'text', text }], structuredContent };
}

/** A schema that publishes what it is given and lets every value pass: call() checks, and answers in our own form. */
function asPublished(schema: JsonSchema): StandardSchemaWithJSON<unknown, Record<string, unknown>> {
  return {
    '~standard': {
      version: 1,
      vendor: 'aiven-cmk',
      validate: (value) => ({ value: value as Record<string, unknown> }),
      jsonSchema: { input: () => schema, output: () => schema },
    },
  };
}
