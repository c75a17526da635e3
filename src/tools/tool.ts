import type * as z from 'zod';
import type { AivenClient } from '../aiven/client.ts';
import type { Approval, ApprovalRequest } from '../guard/approval/request.ts';
import type { Toolset } from '../guard/policy.ts';

/** The context of a handler for one round of a call. */
export interface ToolContext {
  readonly aiven: AivenClient;
  /** Maximum size of the result as JSON, in bytes. A list that has more is returned in pages; infinite for a shell. */
  readonly resultMax: number;
  /**
   * Resolves with who approved a destructive write. If a person must be asked first, it throws, and the handler runs again
   * from its start with the person's response.
   * @throws CmkError `approval_…` unless the response approves exactly this request.
   */
  approve(request: ApprovalRequest): Promise<Approval>;
}

/** The effect of a tool (MCP, `ToolAnnotations`). Some clients require approval if an annotation is missing. */
export interface Annotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** A tool: its description for the agent, its schemas and its handler. */
export interface Tool<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> {
  /** At most 30 characters of `[a-z_]`: some hosts limit the length of server name and tool name together. */
  readonly name: `aiven_cmk_${string}`;
  readonly title: string;
  /** The toolset that must be enabled; absent for `cmk`, which is enabled by default. */
  readonly toolset?: Exclude<Toolset, 'cmk'>;
  /** For the agent: effect, when to use it, steps before and after; under 1,024 characters. */
  readonly description: string;
  readonly annotations: Annotations;
  /** A strict object: an argument it does not name is refused. */
  readonly input: Input;
  /** The optional arguments that take a further toolset; without it they do not exist. */
  readonly argumentToolsets?: Readonly<Record<string, Toolset>>;
  readonly output: Output;
  /** The view that shows a result in clients with MCP Apps, a resource of `src/server/views/`. */
  readonly resourceUri?: `ui://${string}`;
  /** Runs the tool and returns the payload. @throws CmkError */
  handler(args: z.output<Input>, context: ToolContext): Promise<z.output<Output>>;
}

/** Returns a tool as an entry of `TOOLS`; the compiler checks its handler against its schemas. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(tool: Tool<Input, Output>): Tool {
  return tool as unknown as Tool; // The list erases each tool's own types; the call parses the arguments, which restores them.
}

/** Annotations of a tool that only reads. */
export const READS = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true };

/** Annotations of a tool that adds an object; a second call would add another. */
export const ADDS = { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true };

/** Annotations of a tool that sets a value; a second call changes nothing more. */
export const SETS = { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true };

/** Annotations of a tool that removes or replaces something. A client that repeats such a call by itself would ask a person again. */
export const DESTROYS = { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true };
