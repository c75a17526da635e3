/** One `tools/call` for an HTTP server, as no SDK makes it: its protocol revision can differ from call to call. */
export interface ToolCall {
  readonly revision: string;
  readonly id: number;
  readonly token: string;
  readonly name: string;
  /** The arguments beside the project, which is the sandbox's. */
  readonly args: object;
  /** Other members of the parameters, such as the response to a form. */
  readonly more?: object;
}

/** Returns the request that makes a call, of a client that supports forms. */
export function requestOf({ revision, id, token, name, args, more = {} }: ToolCall) {
  const isModern = revision === '2026-07-28';
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': revision,
    'io.modelcontextprotocol/clientInfo': { name: 'load', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
  };
  const params = { name, arguments: { project: 'sandbox', ...args }, ...(isModern && { _meta }), ...more };
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${token}`,
      'mcp-protocol-version': revision,
      ...(isModern && { 'mcp-method': 'tools/call', 'mcp-name': name }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params }),
  };
}

/** Returns the JSON of a response, which is its whole body or the data of an event. @throws SyntaxError */
export function jsonOf(text: string): unknown {
  return JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? text);
}
