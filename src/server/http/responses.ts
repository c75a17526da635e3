/** The code of JSON-RPC for a body that is not JSON. */
export const PARSE_ERROR = -32_700;

/** The code of JSON-RPC for an error that the server defines. */
const SERVER_ERROR = -32_000;

/** Returns a JSON-RPC error without an id, for a request whose messages were not read. */
export function errorResponse(
  status: number,
  message: string,
  { code = SERVER_ERROR, headers = {} }: { code?: number; headers?: Record<string, string> } = {},
): Response {
  return Response.json({ jsonrpc: '2.0', id: null, error: { code, message } }, { status, headers });
}

/** Returns the response to a caller over its limits, who may call again after `retryAfter` seconds. */
export function tooManyRequests(retryAfter: number): Response {
  const headers = { 'retry-after': String(retryAfter) };
  return errorResponse(429, `Too many requests: call again in ${retryAfter} s.`, { headers });
}
