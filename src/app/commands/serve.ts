import type { Dependencies } from '../../calls/dependencies.ts';
import type { HttpSettings } from '../../server/http/settings.ts';
import { createServerFactory } from '../../server/mcp.ts';
import { serveOverStdio } from '../../server/stdio.ts';
import type { Config } from '../config/config.ts';
import { createDependencies, createFetch, type Terminal } from '../wiring.ts';

/** Serves MCP over stdio, or over HTTP if an address is set, until SIGTERM, SIGINT or the end of the input. */
export async function serve(config: Config, terminal: Terminal): Promise<number> {
  // One pool of connections for the API and the issuer.
  const outside = createFetch(config.proxies);
  const dependencies = createDependencies(config, terminal, outside);
  try {
    if (config.http) await serveOverHttp(dependencies, { ...config, http: config.http }, outside);
    else await serveOverStdio(createServerFactory(dependencies, config), dependencies.inFlight, dependencies.log);
  } finally {
    await dependencies.audit.flush().catch(() => {}); // Standard error may not be read.
  }
  return 0;
}

async function serveOverHttp(
  dependencies: Dependencies,
  settings: HttpSettings,
  outside: ReturnType<typeof createFetch>,
): Promise<void> {
  const signalled = new Promise<void>((resolve) => process.once('SIGTERM', resolve).once('SIGINT', resolve));
  // Loaded only here: the HTTP modules are most of the program.
  const { startHttpServer } = await import('../../server/http/serve.ts');
  const { reloadTokens, close } = await startHttpServer(dependencies, settings, outside);
  if (reloadTokens) process.on('SIGHUP', reloadTokens);
  await signalled;
  await close();
}
