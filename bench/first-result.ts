import { lineOf, ours, type Program, script, start, stop } from './child.ts';
import { type Client, succeed } from './clients.ts';
import { type AllStarts, measureStarts } from './start.ts';
import { supabaseArgs } from './supabase.ts';

/** A stdio server, and its tool call for which it makes one API call. */
export interface StdioServer {
  readonly program: (api: string) => Program;
  readonly tool: string;
  readonly args: object;
}

/** This server. */
export const OUR_STDIO: StdioServer = {
  program: (api) => ours([], { AIVEN_API_ORIGIN: api }),
  tool: 'aiven_cmk_list',
  args: { project: 'bench' },
};

/** Supabase's own stdio server, as its package ships it. */
export const SUPABASE_STDIO: StdioServer = {
  program: (api) => ({ args: supabaseArgs(api), env: { SUPABASE_ACCESS_TOKEN: 'bench-token' } }),
  tool: 'list_organizations',
  args: {},
};

/** Starts servers, in turn within each run, until the first call has succeeded that follows `initialize`. */
export async function measureFirstResults(
  servers: readonly StdioServer[],
  runs: number,
): Promise<AllStarts<Record<string, unknown>>> {
  const api = start(script('api.ts'));
  try {
    const origin = await lineOf(api.stdout, /^(http.*)$/);
    const starters = servers.map(({ program, tool, args }) => ({
      program: program(origin),
      request: (client: Client) => succeed(client, tool, args),
    }));
    return await measureStarts(starters, runs);
  } finally {
    await stop(api);
  }
}
