import type { Toolset } from '../guard/policy.ts';
import { type JsonSchema, publishInput, publishOutput } from './publish.ts';
import type { Tool } from './tool.ts';

/** An entry of `catalog.json`: a tool as clients see it, and its toolset. */
export interface ToolDefinition extends Pick<Tool, 'name' | 'title' | 'description' | 'annotations'> {
  readonly toolset: Toolset;
  readonly inputSchema: JsonSchema;
  /** The arguments of `inputSchema` that exist only with a further toolset. */
  readonly argumentToolsets?: Readonly<Record<string, Toolset>>;
  readonly outputSchema: JsonSchema;
  /** The view that shows a result; published to clients with MCP Apps alone. */
  readonly resourceUri?: string;
}

/** Returns the entry of a tool in `catalog.json`. */
export function defineForCatalog(tool: Tool): ToolDefinition {
  const { name, title, toolset = 'cmk', description, annotations, input, argumentToolsets, output, resourceUri } = tool;
  const schemas = { inputSchema: publishInput(input), outputSchema: publishOutput(output) };
  const common: Pick<ToolDefinition, 'name' | 'title' | 'toolset' | 'description' | 'annotations'> = {
    name,
    title,
    toolset,
    description,
    annotations,
  };
  return { ...common, ...schemas, ...(argumentToolsets && { argumentToolsets }), ...(resourceUri && { resourceUri }) };
}
