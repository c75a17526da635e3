/**
 * Counts the object schemas that the SDK creates for a server that answers `initialize` and `tools/list`, for a client of
 * 2025-11-25. The SDK is bundled with a zod that counts. Prints how many there are after each step.
 */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const COUNTING_ZOD = `
  export * from 'zod/v4';
  import * as zod from 'zod/v4';
  let count = 0;
  export const created = () => count;
  export const object = (...args) => (count++, zod.object(...args));
  export const looseObject = (...args) => (count++, zod.looseObject(...args));
`;
const ENTRY = `
  export { McpServer } from '@modelcontextprotocol/server';
  export { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
  export { created } from 'virtual:zod';
`;
const sources = { 'virtual:entry': ENTRY, 'virtual:zod': COUNTING_ZOD };
const counting = {
  name: 'counting',
  resolveId: (id, importer) =>
    id === 'zod/v4' && importer !== 'virtual:zod' ? 'virtual:zod' : id in sources ? id : undefined,
  load: (id) => sources[id],
};

const folder = await mkdtemp(join(tmpdir(), 'schemas-'));
const file = join(folder, 'bundle.mjs');
const bundle = await rolldown({
  input: 'virtual:entry',
  platform: 'node',
  plugins: [counting],
  cwd: import.meta.dirname,
  onLog: () => {},
});
await bundle.write({ file, format: 'esm', codeSplitting: false });
const { McpServer, StdioServerTransport, serveStdio, created } = await import(pathToFileURL(file).href);
rmSync(folder, { recursive: true });

const [input, output] = [new PassThrough(), new PassThrough()];
serveStdio(
  () => {
    const server = new McpServer({ name: 'count', version: '1' }, { capabilities: { tools: {} } });
    server.server.setRequestHandler('tools/list', () => ({ tools: [] }));
    return server;
  },
  { transport: new StdioServerTransport(input, output) },
);
const report = (step) => process.stdout.write(`${step}: ${created()}\n`);
const ask = (message) =>
  new Promise((resolve) => {
    output.once('data', resolve);
    input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  });

report('import');
const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'count', version: '1' } };
await ask({ id: 1, method: 'initialize', params });
report('initialize');
input.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
await ask({ id: 2, method: 'tools/list' });
report('tools/list');
process.exit();
