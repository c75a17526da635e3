/** The code of JSON-RPC for a body that is no JSON. */
export const PARSE_ERROR = -32_700;

/** The code of JSON-RPC for what a server refuses for reasons of its own. */
const SERVER_ERROR = -32_000;

/** Returns a refusal before any message was read, as a JSON-RPC error without an id. */
export function refuse(
  status: number,
  message: string,
  { code = SERVER_ERROR, headers = {} }: { code?: number; headers?: Record<string, string> } = {},
): Response {
  return Response.json({ jsonrpc: '2.0', id: null, error: { code, message } }, { status, headers });
}

/** Returns the refusal of a caller over its limits, who may call again after so many seconds. */
export function tooManyRequests(retryAfter: number): Response {
  const headers = { 'retry-after': String(retryAfter) };
  return refuse(429, `Too many requests: call again in ${retryAfter} s.`, { headers });
}
