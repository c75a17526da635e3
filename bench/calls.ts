import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { lineOf, ours, script, start, stop } from './child.ts';
import { openStdio, succeed } from './clients.ts';
import { type Pace, pace, WARM_UP, type Work } from './pace.ts';

/** A pace per run: of calls one at a time, and of many in flight. */
export interface Paces {
  readonly alone: Pace[];
  readonly crowd: Pace[];
}

/** Number of calls in flight of the second pace. */
export const IN_FLIGHT = 32;

const PROJECT = 'bench';
const ROUTE = `v1/project/${PROJECT}/secrets/cmks`;

/** The paces that are compared: of this server's calls, of the same requests by a loop of ky, and by ky on request by a line. */
export interface CallPaces {
  readonly ours: Paces;
  readonly ky: Paces;
  readonly asked: Paces;
}

/**
 * Measures the listing of keys through the server over stdio and the same request by bare ky, each in a separate process and in
 * turn within a run, after enough calls for the code to be compiled.
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
    const request = createLineClient(asking);
    const ways: Record<keyof CallPaces, (work: Work) => Promise<Pace>> = {
      ours: (work) => pace(work, () => succeed(client, 'aiven_cmk_list', { project: PROJECT })),
      ky: async (work) => {
        const printed = once(paces, 'line');
        looping.stdin.write(`${JSON.stringify(work)}\n`);
        return JSON.parse((await printed)[0]) as Pace;
      },
      asked: (work) => pace(work, request),
    };
    const none = (): Paces => ({ alone: [], crowd: [] });
    const measured: CallPaces = { ours: none(), ky: none(), asked: none() };
    const all = Object.entries(ways) as [keyof CallPaces, (work: Work) => Promise<Pace>][]; // Object.entries loses the type of keys.
    for (const [, go] of all) await go({ calls: calls * WARM_UP, inFlight: IN_FLIGHT });
    for (let run = 0; run < runs; run += 1) {
      for (const [name, go] of all) measured[name].alone.push(await go({ calls: Math.round(calls / 4), inFlight: 1 }));
      for (const [name, go] of all) measured[name].crowd.push(await go({ calls, inFlight: IN_FLIGHT }));
    }
    return measured;
  } finally {
    await Promise.all([server, looping, asking, api].map(stop));
  }
}

/** Returns a function that has a process make one request and resolves when it prints the result. */
function createLineClient({ stdin, stdout }: ChildProcessWithoutNullStreams): () => Promise<void> {
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
