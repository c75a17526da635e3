import type { ChildProcessWithoutNullStreams } from 'node:child_process';
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

/** What is compared: our calls, the same requests by a ky loop, and by ky in a process that is asked for each by a line. */
export interface CallPaces {
  readonly ours: Paces;
  readonly ky: Paces;
  readonly asked: Paces;
}

/**
 * Lists keys through the server over stdio, and makes the same request by bare ky, both as processes of their own and in
 * turn in every run, after as many calls as it takes for the machine code to be made.
 */
export async function measureCalls(runs: number, calls: number): Promise<CallPaces> {
  const api = start(script('api.ts'));
  const origin = await lineOf(api.stdout, /^(http.*)$/);
  const server = start(ours([], { AIVEN_API_ORIGIN: origin }));
  server.stderr.resume();
  const looping = start(script('ky.ts', origin, ROUTE));
  const asking = start(script('ky.ts', origin, ROUTE));
  try {
    const client = await openStdio(server);
    const paces = createInterface(looping.stdout);
    const ask = askLines(asking);
    const ways: Record<keyof CallPaces, (work: Work) => Promise<Pace>> = {
      ours: (work) => pace(work, () => succeed(client, 'aiven_cmk_list', { project: PROJECT })),
      ky: async (work) => {
        const answered = once(paces, 'line');
        looping.stdin.write(`${JSON.stringify(work)}\n`);
        return JSON.parse((await answered)[0]) as Pace;
      },
      asked: (work) => pace(work, ask),
    };
    const none = (): Paces => ({ alone: [], crowd: [] });
    const measured: CallPaces = { ours: none(), ky: none(), asked: none() };
    const all = Object.entries(ways) as [keyof CallPaces, (work: Work) => Promise<Pace>][]; // Object.entries forgets keys.
    for (const [, go] of all) await go({ calls: calls * 5, inFlight: IN_FLIGHT });
    for (let run = 0; run < runs; run += 1) {
      for (const [name, go] of all) measured[name].alone.push(await go({ calls: Math.round(calls / 4), inFlight: 1 }));
      for (const [name, go] of all) measured[name].crowd.push(await go({ calls, inFlight: IN_FLIGHT }));
    }
    return measured;
  } finally {
    await Promise.all([server, looping, asking, api].map(stop));
  }
}

/** Asks a process for one request by a line, and resolves with its answer's. */
function askLines({ stdin, stdout }: ChildProcessWithoutNullStreams): () => Promise<void> {
  const waiting = new Map<number, () => void>();
  let lastId = 0;
  createInterface(stdout).on('line', (line) => {
    const { id } = JSON.parse(line) as { id: number };
    waiting.get(id)?.();
    waiting.delete(id);
  });
  return () => {
    lastId += 1;
    const id = lastId;
    stdin.write(`{"id":${id}}\n`);
    return new Promise((resolve) => waiting.set(id, resolve));
  };
}
