import type { ToolDefinition } from '../tools/definitions.ts';

/** A tool as `tools/list` has it. */
export type ListedTool = Omit<ToolDefinition, 'toolset' | 'resourceUri'>;

/** A tool for clients with MCP Apps (MCP Apps, `McpUiToolMeta`). */
export type ListedToolWithUi = ListedTool & {
  readonly _meta?: { readonly ui: { readonly resourceUri?: string; readonly visibility?: string[] } };
};

/** Returns a tool without what concerns only this server. */
export function toListed({ toolset, resourceUri, ...listed }: ToolDefinition): ListedTool {
  return listed;
}

/** Returns a tool with the view that shows its results. A view may call no tool that writes: that is for the model alone. */
export function toListedWithUi(tool: ToolDefinition): ListedToolWithUi {
  const { resourceUri, annotations } = tool;
  const ui = {
    ...(resourceUri !== undefined && { resourceUri }),
    ...(!annotations.readOnlyHint && { visibility: ['model'] }),
  };
  return Object.keys(ui).length > 0 ? { ...toListed(tool), _meta: { ui } } : toListed(tool);
}
