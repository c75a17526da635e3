/**
 * Bare ky as a process of its own: what a script without MCP would do. A line with work has it make requests in a loop and
 * answer its pace; a line with an id, make one and answer, as a server over stdio is asked.
 */
import { createInterface } from 'node:readline';
import ky from 'ky';
import packageJson from '../package.json' with { type: 'json' };
import { pace, type Work } from './pace.ts';

const [prefixUrl = '', route = ''] = process.argv.slice(2);
// The headers that the server sends, too.
const headers = {
  accept: 'application/json',
  authorization: 'Bearer bench-token',
  'user-agent': `${packageJson.name}/${packageJson.version}`,
};
const api = ky.create({ prefixUrl, headers });
createInterface(process.stdin).on('line', async (line) => {
  const work = JSON.parse(line) as Work | { readonly id: number };
  const answer = 'id' in work ? { ...work, result: await list() } : await pace(work, list);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});

function list(): Promise<unknown> {
  return api.get(route).json();
}
