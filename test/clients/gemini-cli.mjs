/** Gemini CLI's core: the declarations its model gets, and its checked and built calls. It offers no elicitation. */
import { Config, MCPServerConfig } from '@google/gemini-cli-core';

export async function open({ command, args, env, url, headers }) {
  const server = Object.assign(new MCPServerConfig(), url ? { url, headers, type: 'http' } : { command, args, env });
  const config = new Config({
    sessionId: 'clients',
    targetDir: process.env.HOME,
    cwd: process.env.HOME,
    model: 'none',
    debugMode: false,
    interactive: false, // So that it waits until its servers are connected.
    trustedFolder: true,
    usageStatisticsEnabled: false,
    mcpServers: { cmk: server },
  });
  await config.initialize();
  const tools = config
    .getToolRegistry()
    .getAllTools()
    .filter(({ serverName }) => serverName === 'cmk');
  return {
    async tools() {
      return tools.map(({ schema: { name, parametersJsonSchema } }) => ({ name, schema: parametersJsonSchema }));
    },
    async call(name, input) {
      const tool = tools.find(({ serverToolName }) => serverToolName === name);
      const { llmContent, error } = await tool.build(input).execute({ abortSignal: new AbortController().signal });
      if (error) return { refusal: error.message };
      // The model gets the text between tags that say not to trust it.
      return { value: JSON.parse(/\{.*\}/s.exec(llmContent[0].text)[0]) };
    },
    close: () => config.dispose(),
  };
}
