import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { cleanEnv, endWithUs, lineOf, type Program, script, start, stop } from './child.ts';
import { type Client, pool } from './clients.ts';
import { median } from './table.ts';

/** The least that a call can leave behind, in bytes: one pointer in some list. Growth below it does not come from calls. */
export const POINTER_BYTES = 8;

/** How often the live heap is looked at. */
const LOOKS = 21;

/** Calls after which all that is loaded, compiled and kept once is there. */
const WARM_CALLS = 10_000;

/** The engine's own notes and machine code come and go for 100,000 calls; so it takes all its notes at once, and no more. */
const ENGINE = ['--no-opt', '--no-flush-bytecode', '--no-lazy-feedback-allocation'];

const PROBE = ['--expose-gc', '--import', new URL('heap-probe.mjs', import.meta.url).href, ...ENGINE];

const ID = '12345678-1234-1234-1234-123456780001';
const FAILING = ID.replace(/1$/, '2');
const UNKNOWN = ID.replace(/1$/, '9');
const RESOURCE = 'arn:aws:kms:eu-west-1:123456789012:key/bench';
const project = 'bench';

/** What is asked in turn: reads, writes, refusals, failures of the API, mistakes of the caller, and lists. */
const REQUESTS: readonly (readonly [method: string, params: object])[] = [
  call('aiven_cmk_list', { project }),
  call('aiven_cmk_get', { project, cmk_id: ID, include_services: true }),
  call('aiven_cmk_get', { project, cmk_id: UNKNOWN }),
  call('aiven_cmk_accessors', { project }),
  call('aiven_cmk_create', { project, provider: 'aws', resource: RESOURCE }),
  call('aiven_cmk_create', { project, provider: 'aws', resource: 'no ARN' }),
  call('aiven_cmk_update', { project, cmk_id: ID, default_cmk: false }),
  call('aiven_cmk_update', { project, cmk_id: FAILING, default_cmk: true }),
  call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID }),
  call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: UNKNOWN }),
  call('aiven_cmk_none', {}),
  ['tools/list', {}],
];

/** Opens a client of a process once it serves. */
type Open = (child: ChildProcessByStdio<Writable, Readable, Readable>) => Promise<Client>;

/**
 * How much the live heap of a program grows with each of so many mixed calls, in bytes: the middle of the slopes between any
 * two looks (Theil and Sen), so that one odd look does not decide.
 */
export async function measureGrowth(program: (api: string) => Program, open: Open, calls: number): Promise<number> {
  const api = start(script('api.ts'));
  const { args, env } = program(await lineOf(api.stdout, /^(http.*)$/));
  const child = spawn(process.execPath, [...PROBE, ...args], {
    env: cleanEnv(env),
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  endWithUs(child);
  const [, , , looks] = child.stdio;
  try {
    const client = await open(child);
    child.stderr.resume();
    const ask = (count: number) =>
      pool(count, 16, async (index) => {
        const [method, params] = REQUESTS[index % REQUESTS.length] ?? ['ping', {}];
        await client.ask(method, params);
      });
    await ask(WARM_CALLS);
    const live: number[] = [];
    for (let look = 0; look < LOOKS; look += 1) {
      if (look > 0) await ask(calls / (LOOKS - 1));
      child.kill('SIGUSR2');
      live.push(Number(String((await once(looks as Readable, 'data'))[0])));
    }
    return (slope(live) * (LOOKS - 1)) / calls;
  } finally {
    await Promise.all([child, api].map(stop));
  }
}

/** The median slope between any two values, per step. */
function slope(values: readonly number[]): number {
  return median(values.flatMap((one, from) => values.slice(from + 1).map((other, step) => (other - one) / (step + 1))));
}

function call(name: string, args: object): readonly [string, object] {
  return ['tools/call', { name, arguments: args }];
}
