import type { Toolset } from '../guard/policy.ts';
import { type JsonSchema, publishInput, publishOutput } from './publish.ts';
import type { Tool } from './tool.ts';

/** An entry of `catalog.json`: a tool as clients see it, and its toolset. */
export interface ToolDefinition extends Pick<Tool, 'name' | 'title' | 'description' | 'annotations'> {
  readonly toolset: Toolset;
  readonly inputSchema: JsonSchema;
  readonly outputSchema: JsonSchema;
}

/** Returns the entry of a tool in `catalog.json`. */
export function defineForCatalog(tool: Tool): ToolDefinition {
  const { name, title, toolset = 'cmk', description, annotations, input, output } = tool;
  const schemas = { inputSchema: publishInput(input), outputSchema: publishOutput(output) };
  return { name, title, toolset, description, annotations, ...schemas };
}
