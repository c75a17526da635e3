import type { InputRequiredResult } from '@modelcontextprotocol/server';
import type * as z from 'zod';
import type { AivenClient } from '../aiven/client.ts';
import type { ApprovalRequest, ApprovedBy } from '../guard/approval/approval.ts';
import type { Toolset } from '../guard/policy.ts';

/** What a handler may use for the length of one round of a call. */
export interface ToolContext {
  readonly aiven: AivenClient;
  /**
   * Whose word a dangerous write rests on. A result of the SDK's kind is the question to a human: the handler returns it
   * as it is, and runs again from its start with the answer.
   * @throws CmkError `approval_…` where the answer is anything but the approval of this very question.
   */
  approve(question: ApprovalRequest): Promise<ApprovedBy | InputRequiredResult>;
}

/** What clients are told of a tool's effect (MCP, `ToolAnnotations`); some ask for approval where one is missing. */
export interface Annotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** A tool: what the agent reads of it, what it takes, and what it does. */
export interface Tool<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> {
  /** At most 30 of `[a-z_]`: some hosts cap server name and tool name together. */
  readonly name: `aiven_cmk_${string}`;
  readonly title: string;
  /** The set that must be switched on for the tool to exist; absent for `cmk`, the one that is on by default. */
  readonly toolset?: Exclude<Toolset, 'cmk'>;
  /** For the agent: what it does, when to use it, what to do before and after; under 1,024 characters. */
  readonly description: string;
  readonly annotations: Annotations;
  /** A strict object: an argument it does not name is refused. */
  readonly input: Input;
  readonly output: Output;
  /** Does the work and returns the answer, or the question to a human; throws CmkError, catches nothing. */
  handler(args: z.output<Input>, context: ToolContext): Promise<z.output<Output> | InputRequiredResult>;
}

/** Checks a tool against its own schemas and gives it the type that tables of tools have. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(tool: Tool<Input, Output>): Tool {
  return tool as unknown as Tool; // The table erases each tool's own types; call() restores them by parsing.
}

/** Reads and changes nothing. */
export const READS = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true };

/** Adds something; a second call would add it again. */
export const ADDS = { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true };

/** Sets something; a second call changes nothing more. */
export const SETS = { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true };

/** Takes something away for good. */
export const DESTROYS = { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true };
