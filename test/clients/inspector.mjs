/**
 * Inspector's command line, a process for each call. It offers no elicitation, as there is nobody at its terminal to ask.
 * `--strict` ends with another code than 0 when a published schema is one that hosts trip on.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { toOutcome } from './outcome.mjs';

const manifest = new URL(import.meta.resolve('@modelcontextprotocol/inspector/package.json'));
const program = fileURLToPath(new URL('clients/launcher/build/index.js', manifest));

export async function open({ command, args = [], env = {}, url, headers = {}, variant }) {
  const given = Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  const server = url
    ? ['--server-url', url, ...given, '--transport', 'http']
    : [...Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]), '--', command, ...args];
  const run = async (...options) => {
    const words = [program, '--cli', ...options, '--protocol-era', variant, '--format', 'json', ...server];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    return { code, errors, result: output ? JSON.parse(output).result : undefined };
  };
  return {
    async tools() {
      const { code, errors, result } = await run('--method', 'tools/list', '--strict');
      if (code !== 0) throw new Error(`--strict ended with ${code}: ${errors}`);
      return result.tools.map(({ name, inputSchema }) => ({ name, schema: inputSchema }));
    },
    async call(name, args) {
      const options = ['--method', 'tools/call', '--tool-name', name, '--tool-args-json', JSON.stringify(args)];
      const { code, errors, result } = await run(...options);
      // It ends with 5 for a tool's own error, and prints that as it came.
      if (!result || (code !== 0 && !(code === 5 && result.isError))) throw new Error(`ended with ${code}: ${errors}`);
      return toOutcome(result);
    },
    async close() {},
  };
}
