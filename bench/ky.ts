/**
 * Runs bare ky as a process, as a script without MCP would use it. On a line with work it makes requests in a loop and prints
 * its pace; on a line with an id it makes one request and prints the result, as a server over stdio does.
 */
import { createInterface } from 'node:readline';
import ky from 'ky';
import packageJson from '../package.json' with { type: 'json' };
import { pace, type Work } from './pace.ts';

const [prefixUrl = '', route = ''] = process.argv.slice(2);
// The same headers as the server's.
const headers = {
  accept: 'application/json',
  authorization: 'Bearer bench-token',
  'user-agent': `${packageJson.name}/${packageJson.version}`,
};
const api = ky.create({ prefixUrl, headers });
createInterface(process.stdin).on('line', async (line) => {
  const work = JSON.parse(line) as Work | { readonly id: number };
  const result = 'id' in work ? { ...work, result: await list() } : await pace(work, list);
  process.stdout.write(`${JSON.stringify(result)}\n`);
});

function list(): Promise<unknown> {
  return api.get(route).json();
}
