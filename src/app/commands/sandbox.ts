import { startSandboxServer } from '../../aiven/sandbox/http-server.ts';
import { openSandbox } from '../../aiven/sandbox/sandbox.ts';
import { SANDBOX_TOKEN } from '../../aiven/sandbox/token.ts';
import { CmkError } from '../../core/errors.ts';
import type { Config } from '../config/config.ts';
import type { Terminal } from '../wiring.ts';

/** Serves the sandbox on a loopback port until SIGTERM or SIGINT. @throws CmkError `invalid_settings` for a port in use. */
export async function serveSandbox(
  { sandboxFaults, sandboxState }: Config,
  port: number,
  { print, log }: Terminal,
): Promise<number> {
  const { origin } = await startSandboxServer(openSandbox(sandboxFaults, sandboxState), port).catch((cause) => {
    throw new CmkError(
      'invalid_settings',
      `--port ${port} cannot be listened on (${cause.code}): it takes a free port.`,
    );
  });
  const variables = {
    AIVEN_API_ORIGIN: origin,
    AIVEN_TOKEN: SANDBOX_TOKEN,
    AIVEN_WEB_URL: origin,
    AIVEN_AUTH_TOKEN: SANDBOX_TOKEN,
  };
  for (const [name, value] of Object.entries(variables)) print(`export ${name}=${value}`);
  log(`the sandbox runs on ${origin} until Ctrl-C; paste the export lines into another shell to use it there`);
  await new Promise<void>((resolve) => process.once('SIGTERM', resolve).once('SIGINT', resolve));
  return 0;
}
