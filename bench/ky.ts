/** Bare ky as a process of its own: what a script without MCP would do. It takes work as lines, and answers its pace. */
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
for await (const line of createInterface(process.stdin)) {
  const work = JSON.parse(line) as Work;
  process.stdout.write(`${JSON.stringify(await pace(work, () => api.get(route).json()))}\n`);
}
