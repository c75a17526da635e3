import packageJson from '../package.json' with { type: 'json' };
import type { Connection } from './aiven/client.ts';
import { type Config, readCommand, usage } from './config.ts';
import { CmkError } from './errors.ts';
import { createSandbox, SANDBOX_TOKEN } from './sandbox/api.ts';
import { Secret } from './secret.ts';
import { createServerFactory } from './server.ts';
import { serveOverStdio } from './transports/stdio.ts';

/** The exit code for settings and flags that are not understood, as shells use it. */
const EXIT_USAGE = 2;

try {
  const command = readCommand(process.argv.slice(2), process.env);
  if (command.kind === 'help') process.stdout.write(`${usage()}\n`);
  else if (command.kind === 'version') process.stdout.write(`${packageJson.version}\n`);
  else await serve(command.config);
  process.exit(0);
} catch (thrown) {
  const error = CmkError.from(thrown);
  log(error.message);
  process.exit(error.code === 'invalid_settings' ? EXIT_USAGE : 1);
}

async function serve(config: Config): Promise<void> {
  const connection = connect(config);
  await serveOverStdio(createServerFactory(connection), (line) => log(connection.token.redact(line)));
}

/** The sandbox or Aiven: from here on nothing tells them apart. */
function connect({ api, timeoutMs }: Config): Connection {
  const common = { timeoutMs, userAgent: `${packageJson.name}/${packageJson.version}` };
  if (api.sandbox) {
    const token = new Secret(SANDBOX_TOKEN);
    return { ...common, origin: 'https://sandbox.invalid', token, fetch: createSandbox() };
  }
  return { ...common, origin: api.origin, token: api.token, fetch: (request) => fetch(request) };
}

function log(line: string): void {
  process.stderr.write(`aiven-cmk-mcp: ${line}\n`);
}
