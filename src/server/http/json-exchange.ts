import type { ServerResponse } from 'node:http';
import {
  isLegacyRequest,
  type McpHandlerRequestOptions,
  type McpServerFactory,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';

/**
 * Whether a request of a protocol before 2026-07-28 can be answered by one JSON body: a single request without `_meta`, so that no
 * progress was asked for. Nothing else is sent before a result.
 */
export async function takesJson(request: Request, body: unknown): Promise<boolean> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
  const { id, params }: { id?: unknown; params?: unknown } = body;
  const isPlain = typeof params !== 'object' || params === null || !('_meta' in params);
  return id !== undefined && isPlain && (await isLegacyRequest(request, body));
}

/**
 * Serves such a request with a server of its own, as the SDK's stateless fallback does with a stream, which takes a quarter more of
 * the processor time of a call (decision 0012).
 * @param outgoing Node's response, whose end before the result cancels the call.
 * @throws Error if the client has disconnected.
 */
export async function exchangeJson(
  factory: McpServerFactory,
  request: Request,
  { parsedBody, authInfo }: McpHandlerRequestOptions,
  outgoing: ServerResponse,
): Promise<Response> {
  const common = authInfo && { authInfo };
  const server = await factory({ era: 'legacy', requestInfo: request, ...common });
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport);
  // After a result nothing is under way, and to close the server would make the SDK create an error with its stack.
  const end = () => void server.close();
  if (outgoing.destroyed) throw new Error('The client has disconnected.');
  outgoing.once('close', end); // Not the request's signal, for which Hono would create an `AbortController` for every call.
  try {
    return await transport.handleRequest(request, { parsedBody, ...common });
  } catch (error) {
    end();
    throw error;
  } finally {
    outgoing.off('close', end);
  }
}
