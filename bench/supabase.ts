import { join } from 'node:path';
import { install } from './footprint.ts';
import type { HttpServer } from './http-cpu.ts';

/** The newest version when the tables of README.md were made. */
export const SUPABASE = { name: '@supabase/mcp-server-supabase', version: '0.13.0' } as const;

/** Returns arguments that send all its requests to a loopback API; to list its tools, it fetches its documentation's schema. */
export function supabaseArgs(api: string): string[] {
  const program = join(install(SUPABASE.name, SUPABASE.version), 'node_modules', SUPABASE.name, 'dist/cli.js');
  return [program, '--api-url', api, '--content-api-url', `${api}/graphql`];
}

/** Supabase's own HTTP server, as its package ships it. */
export const SUPABASE_HTTP: HttpServer = {
  program: (api) => ({
    args: [...supabaseArgs(api), '--http', '--port', '0', '--secret-url-template', `${api}/{ref}/{name}`],
  }),
  headers: { authorization: 'Bearer bench-token' },
  tool: 'list_organizations',
  args: {},
};
