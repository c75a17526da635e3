import '../../src/app/zod-jitless.ts';
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { readCommand } from '../../src/app/config/config.ts';
import { createDependencies } from '../../src/app/wiring.ts';
import { createServerFactory } from '../../src/server/mcp.ts';
import { UI_MIME_TYPE } from '../../src/server/ui.ts';

/** A real client, connected to a server with a new sandbox in this process. */
export interface SandboxSession {
  readonly client: Client;
  close(): Promise<void>;
}

/** Opens a session with all toolsets of a host with MCP Apps, whose person types the id or name that each form asks for. */
export async function openSandboxSession(): Promise<SandboxSession> {
  const command = await readCommand(['--sandbox', '--toolsets', 'cmk,services,terraform'], { CI: 'true' });
  if (command.kind !== 'serve') throw new Error('The settings start no server.');
  const terminal = { print: () => {}, log: () => {}, writeLine: async () => {} };
  const dependencies = createDependencies(command.config, terminal);
  const [near, far] = InMemoryTransport.createLinkedPair();
  const server = serveStdio(createServerFactory(dependencies, command.config), { transport: far });
  const client = new Client(
    { name: 'reference', version: '1.0.0' },
    {
      capabilities: {
        elicitation: { form: {} },
        extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: [UI_MIME_TYPE] } },
      },
      versionNegotiation: { mode: 'auto' },
    },
  );
  client.setRequestHandler('elicitation/create', ({ params }) => {
    const [field = ''] = Object.keys('requestedSchema' in params ? (params.requestedSchema.properties ?? {}) : {});
    const label = field === 'service' ? 'Service name' : 'CMK id';
    return {
      action: 'accept',
      content: { [field]: new RegExp(`^${label}: (.*)$`, 'm').exec(params.message)?.[1] ?? '' },
    };
  });
  await client.connect(near);
  return {
    client,
    async close() {
      await client.close();
      await server.close();
    },
  };
}
