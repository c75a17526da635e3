import type { ClientCapabilities } from '@modelcontextprotocol/server';

/** The extension that clients with MCP Apps declare (MCP Apps, revision 2026-01-26). */
const UI_EXTENSION = 'io.modelcontextprotocol/ui';

/** The media type of a view. */
export const UI_MIME_TYPE = 'text/html;profile=mcp-app';

/** Whether a client declares that it shows views of our media type. What is missing or malformed counts as no. */
export function supportsUi(capabilities: ClientCapabilities | undefined): boolean {
  const { mimeTypes } = capabilities?.extensions?.[UI_EXTENSION] ?? {};
  return Array.isArray(mimeTypes) && mimeTypes.includes(UI_MIME_TYPE);
}
