import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { lineOf, ours, script, start, stop } from './child.ts';
import { openStdio, succeed } from './clients.ts';
import { type Pace, pace, type Work } from './pace.ts';

/** A pace per run: of calls one at a time, and of many in flight. */
export interface Paces {
  readonly alone: Pace[];
  readonly crowd: Pace[];
}

/** How many calls there are in flight where there are many. */
export const IN_FLIGHT = 32;

const PROJECT = 'bench';
const ROUTE = `v1/project/${PROJECT}/secrets/cmks`;

/**
 * Lists keys through the server over stdio, and makes the same request by bare ky, both as processes of their own and in
 * turn in every run, after as many calls as it takes for the machine code to be made.
 */
export async function measureCalls(runs: number, calls: number): Promise<{ ours: Paces; ky: Paces }> {
  const api = start(script('api.ts'));
  const origin = await lineOf(api.stdout, /^(http.*)$/);
  const server = start(ours([], { AIVEN_API_ORIGIN: origin }));
  server.stderr.resume();
  const bare = start(script('ky.ts', origin, ROUTE));
  bare.stderr.pipe(process.stderr);
  try {
    const client = await openStdio(server);
    const paces = createInterface(bare.stdout);
    const byKy = async (work: Work): Promise<Pace> => {
      const answered = once(paces, 'line');
      bare.stdin.write(`${JSON.stringify(work)}\n`);
      return JSON.parse((await answered)[0]) as Pace;
    };
    const byOurs = (work: Work) => pace(work, () => succeed(client, 'aiven_cmk_list', { project: PROJECT }));
    const warm = { calls: calls * 5, inFlight: IN_FLIGHT };
    await byOurs(warm);
    await byKy(warm);
    const measured: { ours: Paces; ky: Paces } = { ours: { alone: [], crowd: [] }, ky: { alone: [], crowd: [] } };
    const alone = { calls: Math.round(calls / 4), inFlight: 1 };
    const crowd = { calls, inFlight: IN_FLIGHT };
    for (let run = 0; run < runs; run += 1) {
      measured.ours.alone.push(await byOurs(alone));
      measured.ky.alone.push(await byKy(alone));
      measured.ours.crowd.push(await byOurs(crowd));
      measured.ky.crowd.push(await byKy(crowd));
    }
    return measured;
  } finally {
    await Promise.all([server, bare, api].map(stop));
  }
}
