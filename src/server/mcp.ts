import {
  type CallToolResult,
  type InputRequiredResult,
  type McpRequestContext,
  McpServer,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from '@modelcontextprotocol/server';
import packageJson from '../../package.json' with { type: 'json' };
import { Call } from '../calls/call.ts';
import type { Dependencies } from '../calls/dependencies.ts';
import type { CallResult } from '../calls/result.ts';
import { sanitize } from '../core/sanitize.ts';
import type { ToolPolicy } from '../guard/policy.ts';
import { availableTools } from '../tools/catalog.ts';
import { complete } from './completion.ts';
import { toInputRequired } from './elicitation.ts';
import { registerResources } from './resources.ts';
import { callerOf, clientCapabilitiesOf, sessionOf } from './session.ts';
import { traceOf } from './trace.ts';
import { supportsUi } from './ui.ts';
import { createViews } from './view.ts';

const INFO = { name: 'aiven-cmk', title: 'Aiven CMK', version: packageJson.version };

/**
 * The lists depend on the caller and do not change while the server runs; clients may cache them for an hour. With a policy,
 * which may be read again, for a minute.
 */
const LIST_MS = 3_600_000;
const LIST_WITH_POLICY_MS = 60_000;

/** Creates a factory of MCP servers, one per connection or request, over the dependencies of one process. */
export function createServerFactory(dependencies: Dependencies, policy: ToolPolicy) {
  const available = availableTools(policy);
  const toolsByName = new Map<string, (typeof available)[number]>(available.map((tool) => [tool.name, tool]));
  const hint = { ttlMs: dependencies.policy ? LIST_WITH_POLICY_MS : LIST_MS, cacheScope: 'private' } as const;
  const viewOf = createViews(policy, dependencies.policy);

  return ({ authInfo, era }: McpRequestContext): McpServer => {
    const view = viewOf(callerOf(authInfo, undefined));
    const server = new McpServer(INFO, {
      instructions: view.instructions,
      capabilities: {
        tools: { listChanged: false },
        prompts: { listChanged: false },
        ...(view.mayReadProjects && { resources: { listChanged: false } }),
        completions: {},
      },
      cacheHints: { 'tools/list': hint, 'prompts/list': hint, 'resources/list': hint },
    });
    const withUi = (context: ServerContext) => supportsUi(clientCapabilitiesOf(server.server, context, era));
    server.server.setRequestHandler('tools/list', (_request, context) => ({
      tools: withUi(context) ? view.toolsWithUi : view.tools,
    }));
    server.server.setRequestHandler('tools/call', async ({ params }, context) => {
      const tool = toolsByName.get(params.name);
      const session = sessionOf(server.server, context, era);
      const { tracer, connection } = dependencies;
      const span = tracer.startCall(traceOf(tool?.name, server.server, context, session.caller, connection.token));
      if (!tool) {
        span.reject(ProtocolErrorCode.InvalidParams);
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Tool ${sanitize(params.name, 60)} not found`);
      }
      const invocation = { session, span, signal: context.mcpReq.signal, reportProgress: progressReporter(context) };
      return toProtocol(await new Call(tool, params.arguments, invocation, dependencies).run());
    });
    view.registerRunbooks(server);
    if (view.mayReadProjects) {
      const sender = (context: ServerContext) => sessionOf(server.server, context, era).caller;
      registerResources(server, view, dependencies, { callerOf: sender, supportsUi: withUi });
    }
    server.server.setRequestHandler('completion/complete', ({ params }, context) =>
      complete(params, sessionOf(server.server, context, era).caller, view, dependencies),
    );
    return server;
  };
}

function toProtocol(result: CallResult): CallToolResult | InputRequiredResult {
  if (result.kind === 'form') return toInputRequired(result.form, result.ticket);
  const { payload, text, isError } = result;
  return { content: [{ type: 'text', text }], structuredContent: payload, ...(isError && { isError }) };
}

/** Returns a function that sends progress notifications (MCP, "Progress"); undefined if the client did not request them. */
function progressReporter({ mcpReq }: ServerContext): ((message: string) => void) | undefined {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return undefined;
  let progress = 0;
  return (message) => {
    progress += 1;
    const params = { progressToken, progress, message };
    mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {}); // A lost notification does not matter.
  };
}
