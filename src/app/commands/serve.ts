import { createServerFactory } from '../../server/mcp.ts';
import { serveOverStdio } from '../../server/stdio.ts';
import type { Config } from '../config/config.ts';
import { createDependencies, createFetch, type Terminal } from '../wiring.ts';

/** Serves MCP over stdio, or over HTTP where an address is set, until the process is told to stop. */
export async function serve(config: Config, terminal: Terminal): Promise<number> {
  const dependencies = createDependencies(config, terminal);
  try {
    if (config.http) {
      // Loaded only here: HTTP's modules are most of the program.
      const { serveHttp } = await import('../../server/http/serve.ts');
      await serveHttp(dependencies, { ...config, outside: createFetch(config.proxies) }, config.http);
    } else {
      await serveOverStdio(createServerFactory(dependencies, config), dependencies.inFlight, dependencies.log);
    }
  } finally {
    await dependencies.audit.flush().catch(() => {}); // Standard error may not be read.
  }
  return 0;
}
