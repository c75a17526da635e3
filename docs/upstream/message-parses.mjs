/**
 * Counts the runs of the SDK's schemas for one call of a tool, over stdio and over HTTP. A run inside of another one is not
 * counted. Prints the schemas with their counts; with `--time` also which part of the time of 10,000 calls the runs take.
 */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import * as schemas from '@modelcontextprotocol/core';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';

const counts = new Map();
let depth = 0;
let inside = 0;
for (const [name, schema] of Object.entries(schemas)) {
  const internals = schema?._zod;
  if (!internals) continue;
  const { run } = internals;
  internals.run = (...given) => {
    if (depth === 0) counts.set(name, (counts.get(name) ?? 0) + 1);
    const started = depth === 0 ? performance.now() : 0;
    depth += 1;
    try {
      return run(...given);
    } finally {
      depth -= 1;
      if (depth === 0) inside += performance.now() - started;
    }
  };
}

const CALL = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'any', arguments: {} } };

function createServer() {
  const server = new McpServer({ name: 'count', version: '1' }, { capabilities: { tools: {} } });
  server.server.setRequestHandler('tools/call', () => ({ content: [{ type: 'text', text: 'ok' }] }));
  return server;
}

/** Returns a function that sends a call over stdio and resolves when its response is written. */
async function openStdio() {
  const [input, output] = [new PassThrough(), new PassThrough()];
  serveStdio(createServer, { transport: new StdioServerTransport(input, output) });
  const exchange = (message) => {
    const answered = once(output, 'data');
    input.write(`${JSON.stringify(message)}\n`);
    return answered;
  };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'count', version: '1' } };
  await exchange({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
  input.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
  return () => exchange(CALL);
}

/** Returns a function that sends a call over HTTP, without a socket, and resolves when its response is read. */
function openHttp() {
  const { fetch } = createMcpHandler(createServer);
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2025-11-25',
  };
  return async () => {
    const request = new Request('http://127.0.0.1/mcp', { method: 'POST', headers, body: JSON.stringify(CALL) });
    const text = await (await fetch(request)).text();
    if (!text.includes('"ok"')) throw new Error(text);
  };
}

for (const [name, call] of [
  ['stdio', await openStdio()],
  ['HTTP', openHttp()],
]) {
  await call(); // What is done once only, is done here.
  counts.clear();
  await call();
  const runs = [...counts].map(([schema, count]) => `${count} ${schema}`);
  process.stdout.write(
    `${`${name}: ${[...counts.values()].reduce((sum, count) => sum + count, 0)} (${runs.join(', ')})`}\n`,
  );
  if (!process.argv.includes('--time')) continue;
  for (let count = 0; count < 2_000; count += 1) await call(); // Until the code is compiled.
  inside = 0;
  const started = performance.now();
  for (let count = 0; count < 10_000; count += 1) await call();
  process.stdout.write(`${name}: ${Math.round((inside * 100) / (performance.now() - started))} % of the time\n`);
}
process.exit();
