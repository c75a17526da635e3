import type { Toolset } from '../guard/policy.ts';
import { type JsonSchema, publishInput, publishOutput } from './publish.ts';
import type { Tool } from './tool.ts';
import { TOOLS } from './tools.ts';

/** A tool as clients see it, and what decides whether they do. */
export interface ToolDefinition extends Pick<Tool, 'name' | 'title' | 'description' | 'annotations'> {
  readonly toolset: Toolset;
  readonly inputSchema: JsonSchema;
  readonly outputSchema: JsonSchema;
}

/**
 * Every tool, in the order in which clients see them. The build evaluates this file and puts its value in its place, so
 * that the program starts, and lists, without the tools and their zod schemas.
 */
export const TOOL_DEFINITIONS: readonly ToolDefinition[] = TOOLS.map(
  ({ name, title, toolset, description, annotations, input, output }) => ({
    name,
    title,
    toolset: toolset ?? 'cmk',
    description,
    annotations,
    inputSchema: publishInput(input),
    outputSchema: publishOutput(output),
  }),
);
