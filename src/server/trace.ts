import {
  PROTOCOL_VERSION_META_KEY,
  type Server,
  type ServerContext,
  TRACEPARENT_META_KEY,
  TRACESTATE_META_KEY,
} from '@modelcontextprotocol/server';
import type { Caller } from '../core/caller.ts';
import { sanitize } from '../core/sanitize.ts';
import type { Secret } from '../core/secret.ts';
import { readTraceContext } from '../telemetry/trace-context.ts';
import type { TracedCall } from '../telemetry/tracer.ts';

/**
 * Describes a request for its span. Its parent is what `_meta` names (SEP-414), and only without that what the HTTP headers
 * name: those are of the HTTP request, which a proxy may have made. Where both are given, the latter is linked.
 */
export function traceOf(
  tool: string | undefined,
  server: Server,
  { mcpReq, http }: ServerContext,
  { address }: Caller,
  token: Secret,
): TracedCall {
  const meta: Readonly<Record<string, unknown>> = mcpReq._meta ?? {};
  const headers = http?.req?.headers;
  const carrier = headers && readTraceContext(headers.get('traceparent'), headers.get('tracestate') ?? undefined);
  const inMeta = meta[TRACEPARENT_META_KEY] !== undefined;
  return {
    tool,
    requestId: token.redact(sanitize(String(mcpReq.id), 100)), // The client's own text.
    protocolVersion: protocolVersionOf(server, mcpReq.envelope, headers),
    transport: http ? 'tcp' : 'pipe',
    address,
    parent: inMeta ? readTraceContext(meta[TRACEPARENT_META_KEY], meta[TRACESTATE_META_KEY]) : carrier,
    link: inMeta ? carrier : undefined,
  };
}

/** Returns the revision that the request names, or that was negotiated; a client that names one the SDK does not know is refused. */
function protocolVersionOf(server: Server, envelope: unknown, headers: Headers | undefined): string | undefined {
  const named =
    typeof envelope === 'object' && envelope !== null ? Reflect.get(envelope, PROTOCOL_VERSION_META_KEY) : undefined;
  const version = named ?? server.getNegotiatedProtocolVersion() ?? headers?.get('mcp-protocol-version');
  return typeof version === 'string' && /^\d{4}-\d\d-\d\d$/.test(version) ? version : undefined;
}
