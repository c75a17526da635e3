import { TOOL_EXAMPLES } from '../../build/reference/tool-examples.ts';
import type { Fetch } from '../../src/aiven/fetch/fetch.ts';
import { startSandboxServer } from '../../src/aiven/sandbox/http-server.ts';
import { openSandbox } from '../../src/aiven/sandbox/sandbox.ts';
import { SANDBOX_TOKEN } from '../../src/aiven/sandbox/token.ts';
import { start, stop } from '../child.ts';
import { type Client, openStdio } from '../clients.ts';
import type { ToolList } from '../start.ts';
import { tokensOf } from '../tokens.ts';

/** What a tool costs. */
export interface ToolCounts {
  /** Name, description and input schema, as compact JSON in o200k tokens: what hosts pass on to a model. */
  readonly tokens: number;
  /** Requests to the API that its example of the reference makes, as method and path, sorted: some are sent at the same time. */
  readonly requests: readonly string[];
}

/**
 * Starts the program with all toolsets, over an API on loopback, and calls each tool with its example. The API's state is new
 * for each tool. @throws Error if a tool has no example, or its call fails.
 */
export async function countTools(program: string): Promise<Record<string, ToolCounts>> {
  let sandbox: Fetch = openSandbox({});
  let requests: string[] = [];
  const { origin, server } = await startSandboxServer((request) => {
    requests.push(`${request.method} ${new URL(request.url).pathname}`);
    return sandbox(request);
  }, 0);
  const env = { AIVEN_TOKEN: SANDBOX_TOKEN, AIVEN_API_ORIGIN: origin, CI: 'true' };
  const child = start({ args: [program, '--toolsets', 'cmk,services,terraform'], env });
  child.stderr.resume();
  try {
    const client = await openStdio(child);
    const { tools } = (await client.request('tools/list', {})).result as unknown as ToolList; // Raw JSON has no type.
    const counts: Record<string, ToolCounts> = {};
    for (const tool of tools) {
      sandbox = openSandbox({});
      requests = [];
      await callExample(client, tool.name);
      counts[tool.name] = { tokens: tokensOf({ tools: [tool] }).read, requests: requests.toSorted() };
    }
    return counts;
  } finally {
    await stop(child);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function callExample(client: Client, name: string): Promise<void> {
  const example = TOOL_EXAMPLES[name];
  if (!example) throw new Error(`build/reference/tool-examples.ts has no example of ${name}.`);
  const { result, error } = await client.request('tools/call', { name, arguments: example });
  if (!result || result.isError) throw new Error(`${name} failed: ${JSON.stringify(result ?? error)}`);
}
