import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Dependencies } from '../calls/dependencies.ts';
import type { Caller } from '../core/caller.ts';
import { CmkError } from '../core/errors.ts';
import { PROJECTS, readProjectsResource } from './projects.ts';
import type { View } from './view.ts';
import { INVENTORY, readInventory } from './views/inventory.ts';

/** What a request tells of its sender. */
interface Sender {
  readonly callerOf: (context: ServerContext) => Caller;
  /** Whether the client declares MCP Apps. */
  readonly supportsUi: (context: ServerContext) => boolean;
}

/**
 * Registers the resources: the projects, and the views of the caller's tools, which are listed for clients with MCP Apps alone.
 * A view can be read by every caller that has its tool, because a host may read it over a connection that declares nothing.
 */
export function registerResources(server: McpServer, view: View, dependencies: Dependencies, sender: Sender): void {
  const views = view.uiResources.includes(INVENTORY.uri) ? [INVENTORY] : [];
  server.server.setRequestHandler('resources/list', (_request, context) => ({
    resources: [PROJECTS, ...(sender.supportsUi(context) ? views : [])],
  }));
  server.server.setRequestHandler('resources/read', async ({ params }, context) => {
    const uri = URL.canParse(params.uri) ? new URL(params.uri).href : params.uri;
    const isView = views.some((each) => each.uri === uri);
    if (uri !== PROJECTS.uri && !isView) throw new ResourceNotFoundError(params.uri);
    const reading = isView
      ? readInventory(dependencies.approvalPageUrl)
      : readProjectsResource(sender.callerOf(context), view, dependencies);
    return { contents: [await reading.catch(toProtocolError)] };
  });
}

function toProtocolError(error: unknown): never {
  const { message, hint } = CmkError.from(error).toBody();
  throw new ProtocolError(ProtocolErrorCode.InternalError, `${message} ${hint}`);
}
