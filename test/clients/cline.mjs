/** Cline's core: its own client for stdio and the SDK's for HTTP, and the tools its agent gets. It offers no elicitation. */
import { createDefaultMcpServerClientFactory, createMcpTools, InMemoryMcpManager } from '@cline/core';
import { toOutcome } from './outcome.mjs';

export async function open({ command, args, env, url, headers }) {
  const manager = new InMemoryMcpManager({ clientFactory: createDefaultMcpServerClientFactory() });
  const transport = url ? { type: 'streamableHttp', url, headers } : { type: 'stdio', command, args, env };
  await manager.registerServer({ name: 'cmk', transport });
  await manager.connectServer('cmk');
  const tools = await createMcpTools({ serverName: 'cmk', provider: manager });
  return {
    async tools() {
      return tools.map(({ name, inputSchema }) => ({ name, schema: inputSchema }));
    },
    async call(name, input) {
      const tool = tools.find((each) => each.name.endsWith(name));
      return toOutcome(await tool.execute(input, {}));
    },
    close: () => manager.dispose(),
  };
}
