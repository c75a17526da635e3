import { jsonOf, requestOf } from '../tool-call.ts';

/** What came of a call. */
export interface Outcome {
  readonly status: number;
  /** The result of the tool where it succeeded. */
  readonly result?: Readonly<Record<string, unknown>>;
  /** The error of the tool where it failed. */
  readonly error?: { readonly code: string; readonly approval?: { readonly id: string; readonly url: string } };
}

/** A result as the tools define it. */
interface ToolResult {
  readonly isError?: boolean;
  readonly structuredContent?: Readonly<Record<string, unknown>> & { readonly error?: Outcome['error'] };
}

/** The protocol revision of all costs: most clients of today use it. */
const REVISION = '2025-11-25';

/** Calls a tool of a server. @throws Error if the connection fails. */
export async function callTool(origin: string, token: string, name: string, args: object): Promise<Outcome> {
  const response = await fetch(`${origin}/mcp`, requestOf({ revision: REVISION, id: 1, token, name, args }));
  const text = await response.text();
  if (response.status !== 200) return { status: response.status };
  const { result } = jsonOf(text) as { result?: ToolResult }; // The server's own JSON.
  const { isError, structuredContent } = result ?? {};
  const error = structuredContent?.error;
  if (isError) return { status: 200, ...(error && { error }) };
  return { status: 200, ...(structuredContent && { result: structuredContent }) };
}

/** Calls a tool, which must succeed. @throws Error otherwise. */
export async function succeed(...call: Parameters<typeof callTool>): Promise<Readonly<Record<string, unknown>>> {
  const { status, result, error } = await callTool(...call);
  if (!result) throw new Error(`${call[2]} failed: HTTP ${status}, ${error?.code ?? 'no code'}.`);
  return result;
}
