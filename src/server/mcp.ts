import { type McpRequestContext, McpServer, type StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import packageJson from '../../package.json' with { type: 'json' };
import { Call, type Dependencies } from '../calls/call.ts';
import { SCOPES, type Scope, scopeOf } from '../guard/scopes.ts';
import { availableTools, type ToolPolicy } from '../tools/catalog.ts';
import type { JsonSchema } from '../tools/publish.ts';
import { prepareRunbooks } from './prompts.ts';
import { sessionOf } from './session.ts';

const INFO = { name: 'aiven-cmk', title: 'Aiven CMK', version: packageJson.version };

const INSTRUCTIONS = `Customer managed keys (CMK, "bring your own key") of Aiven projects.
To add a key: aiven_cmk_accessors, let the user grant those principals access in the cloud's KMS, aiven_cmk_create, then aiven_cmk_update if it is to be the default for new services.
To retire a key: aiven_cmk_list, make sure no service uses it, show it to the user, and only on their explicit wish aiven_cmk_delete. A deleted key cannot be brought back, and services that still use it stop.
A failed call answers {"error": {code, message, hint, retryable}}: follow the hint. Never repeat a create or delete whose outcome is unclear; look with aiven_cmk_list first.`;

/** The lists never change while the server runs, but depend on the caller; clients may keep theirs for an hour. */
const LIST_HINT = { ttlMs: 3_600_000, cacheScope: 'private' } as const;

/** How long a completion may take to look keys up, in milliseconds. */
const COMPLETION_MS = 3_000;

/** A factory of MCP servers, one per connection or request, over the services of one process. */
export function createServerFactory(services: Dependencies, limits: ToolPolicy) {
  const { projects } = limits;
  const offered = availableTools(limits).map((tool) => {
    const { toolset, inputSchema, outputSchema, ...named } = tool;
    const config = { inputSchema: asPublished(inputSchema), outputSchema: asPublished(outputSchema) };
    return { tool, config, listed: { ...named, inputSchema, outputSchema } };
  });
  const look = (scopes: readonly Scope[]) => {
    const visible = offered.filter(({ tool }) => scopes.includes(scopeOf(tool)));
    const registerRunbooks = prepareRunbooks({
      offers: (name) => visible.some(({ tool }) => tool.name === name),
      projects,
      keyIds: async (project) => (scopes.includes('cmk:read') ? keyIds(services, project) : []),
    });
    return { tools: visible.map(({ listed }) => listed), registerRunbooks };
  };
  const views = new Map<string, ReturnType<typeof look>>();
  return ({ authInfo }: Partial<McpRequestContext> = {}): McpServer => {
    const server = new McpServer(INFO, {
      instructions: INSTRUCTIONS,
      capabilities: { tools: { listChanged: false }, prompts: { listChanged: false } },
      cacheHints: { 'tools/list': LIST_HINT, 'prompts/list': LIST_HINT },
    });
    for (const { tool, config } of offered) {
      server.registerTool(tool.name, config, (given, context) =>
        new Call(tool, given, sessionOf(server, context), services).answer(context),
      );
    }
    // The SDK would list every registered tool; a caller sees those within its scopes, and is refused the others by name.
    const scopes = SCOPES.filter((scope) => !authInfo || authInfo.scopes.includes(scope));
    const view = views.get(scopes.join()) ?? look(scopes);
    views.set(scopes.join(), view);
    server.server.setRequestHandler('tools/list', () => ({ tools: view.tools }));
    view.registerRunbooks(server);
    return server;
  };
}

/** The ids of a project's keys, for completion: quickly or not at all. */
async function keyIds({ connection, projects, load }: Dependencies, project: string): Promise<readonly string[]> {
  if (projects.length > 0 && !projects.includes(project)) return [];
  try {
    const { AivenClient } = await load();
    return (await AivenClient.forReads(connection, COMPLETION_MS).list(project)).cmks.map(({ id }) => id);
  } catch {
    return []; // A completion that cannot be made is no failure of anything.
  }
}

/** A schema that publishes what it is given and lets every value pass: Call checks, and answers in our own form. */
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
