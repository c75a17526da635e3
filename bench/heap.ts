import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { cleanEnv, endWithUs, lineOf, type Program, script, start, stop } from './child.ts';
import { type Client, type HttpClient, openHttp, pool } from './clients.ts';
import { median } from './table.ts';

/** Growth from which a program leaks, in bytes a request: one pointer, the least that is left behind, of every fourth request. */
export const LEAK_BYTES = 2;

/** Number of samples of the live heap. */
const SAMPLES = 21;

/** Number of calls after which everything that is loaded, compiled or cached once is in memory. */
const WARM_CALLS = 10_000;

/** The engine's feedback and machine code grow for 100,000 calls. With these options it makes no code and all feedback at once. */
const ENGINE = ['--no-opt', '--no-sparkplug', '--no-flush-bytecode', '--no-lazy-feedback-allocation'];

const PROBE = ['--expose-gc', '--import', new URL('heap-probe.mjs', import.meta.url).href, ...ENGINE];

const ID = '12345678-1234-1234-1234-123456780001';
const FAILING = ID.replace(/1$/, '2');
const UNKNOWN = ID.replace(/1$/, '9');
const RESOURCE = 'arn:aws:kms:eu-west-1:123456789012:key/bench';
const project = 'bench';

/** The requests, sent in turn: reads, writes, refusals, failures of the API, invalid calls, and lists. */
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

/** A process with piped standard streams. */
type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** A program whose heap is measured, and its load. */
export interface GrowthLoad {
  readonly program: (api: string) => Program;
  /** Opens a client of the process when it is ready. */
  readonly open: (child: Child) => Promise<Client>;
  /** Makes the request of an index; mixed calls unless set. */
  readonly request?: (client: Client, index: number) => Promise<unknown>;
  /** Resolves when nothing of past requests is kept for a time. */
  readonly drain?: () => Promise<unknown>;
}

/**
 * Returns how much the live heap of a program grows with each of a number of calls, in bytes: the median of the slopes
 * between any two samples (Theil and Sen), so that one outlier has no effect.
 */
export async function measureGrowth(
  { program, open, request = requestMixed, drain }: GrowthLoad,
  calls: number,
): Promise<number> {
  const api = start(script('api.ts'));
  const { args, env } = program(await lineOf(api.stdout, /^(http.*)$/));
  const child = spawn(process.execPath, [...PROBE, ...args], {
    env: cleanEnv(env),
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  endWithUs(child);
  const [, , , probe] = child.stdio;
  try {
    const client = await open(child);
    child.stderr.resume();
    let sent = 0;
    const send = async (count: number) => {
      const first = sent;
      sent += count;
      await pool(count, 16, (index) => request(client, first + index));
      await drain?.();
    };
    await send(WARM_CALLS);
    const live: number[] = [];
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      if (sample > 0) await send(calls / (SAMPLES - 1));
      child.kill('SIGUSR2');
      live.push(Number(String((await once(probe as Readable, 'data'))[0])));
    }
    return (slope(live) * (SAMPLES - 1)) / calls;
  } finally {
    await Promise.all([child, api].map(stop));
  }
}

/** Opens a client of an HTTP server when it listens. */
export async function openWhenListening(
  { stderr }: Child,
  headers?: Readonly<Record<string, string>>,
): Promise<HttpClient> {
  return openHttp(await lineOf(stderr, /listening on (http\S+)/), headers);
}

/** Makes one of the mixed requests, in turn. */
export function requestMixed(client: Client, index: number): Promise<unknown> {
  const [method, params] = REQUESTS[index % REQUESTS.length] ?? ['ping', {}];
  return client.request(method, params);
}

/** Returns the median slope between any two values, per step. */
function slope(values: readonly number[]): number {
  return median(values.flatMap((one, from) => values.slice(from + 1).map((other, step) => (other - one) / (step + 1))));
}

function call(name: string, args: object): readonly [string, object] {
  return ['tools/call', { name, arguments: args }];
}
