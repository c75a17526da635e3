import { once } from 'node:events';
import { type Program, residentMib, start, stop, threadsCpuMs } from './child.ts';
import { type Client, openStdio } from './clients.ts';
import { ratios } from './table.ts';

/** The response to `tools/list`. */
export interface ToolList {
  readonly tools: readonly { readonly name: string; readonly description?: string; readonly inputSchema: object }[];
}

/** A program, and what ends its start: a request that must succeed. */
export interface Starter<Result> {
  readonly program: Program;
  readonly request: (client: Client) => Promise<Result>;
}

/** One program's starts, run by run. */
export interface Starts<Result = ToolList> {
  /** From spawn to the result of the request, in milliseconds. */
  readonly ms: readonly number[];
  /** The same over `node -e 0` in the same run, from its spawn to its exit. */
  readonly ratio: readonly number[];
  /** Processor time of the process until then, in milliseconds. */
  readonly cpuMs: readonly number[];
  /** Resident memory then, in MiB. */
  readonly residentMib: readonly number[];
  /** Result of the request in the last run. */
  readonly result: Result;
}

/** Starts of several programs, and of `node -e 0` in the same runs. A program that fails has an Error in its place. */
export interface AllStarts<Result> {
  readonly bareMs: readonly number[];
  readonly starts: readonly (Starts<Result> | Error)[];
}

/** Maximum time for a program to respond, in milliseconds. */
const START_MS = 20_000;

/** Starts programs with a Node until they respond to `tools/list`, as `measureStarts` does. */
export function measureStart(
  programs: readonly Program[],
  runs: number,
  node = process.execPath,
): Promise<AllStarts<ToolList>> {
  return measureStarts(
    programs.map((program) => ({ program, request: listTools })),
    runs,
    node,
  );
}

/**
 * Starts programs with a Node, in turn within each run and in the opposite order in every other one, so that other load affects
 * all of them. The first run, in which no file is cached, does not count.
 */
export async function measureStarts<Result>(
  starters: readonly Starter<Result>[],
  runs: number,
  node = process.execPath,
): Promise<AllStarts<Result>> {
  const bareMs: number[] = [];
  const samples = starters.map((): Sample<Result>[] => []);
  const failures = new Map<number, Error>();
  for (let run = 0; run <= runs; run += 1) {
    const bare = await startBare(node);
    if (run > 0) bareMs.push(bare);
    const entries = [...starters.entries()];
    for (const [index, starter] of run % 2 === 0 ? entries : entries.reverse()) {
      if (failures.has(index)) continue;
      const sample = await startOnce(starter, node).catch((error: Error) => error);
      if (sample instanceof Error) failures.set(index, sample);
      else if (run > 0) samples[index]?.push(sample);
    }
  }
  return { bareMs, starts: samples.map((taken, index) => failures.get(index) ?? startsOf(taken, bareMs)) };
}

/** One start. */
interface Sample<Result> {
  readonly ms: number;
  readonly cpuMs: number;
  readonly residentMib: number;
  readonly result: Result;
}

function startsOf<Result>(samples: readonly Sample<Result>[], bareMs: readonly number[]): Starts<Result> | Error {
  const last = samples.at(-1);
  if (!last) return new Error('It was never started.');
  const ms = samples.map((sample) => sample.ms);
  return {
    ms,
    ratio: ratios(ms, bareMs),
    cpuMs: samples.map(({ cpuMs }) => cpuMs),
    residentMib: samples.map(({ residentMib }) => residentMib),
    result: last.result,
  };
}

async function listTools(client: Client): Promise<ToolList> {
  const { result, error } = await client.request('tools/list', {});
  if (!result) throw new Error(`tools/list failed: ${JSON.stringify(error)}`);
  return result as unknown as ToolList; // What the protocol says.
}

async function startBare(node: string): Promise<number> {
  const started = performance.now();
  await once(start({ args: ['-e', '0'] }, node), 'exit');
  return performance.now() - started;
}

async function startOnce<Result>({ program, request }: Starter<Result>, node: string): Promise<Sample<Result>> {
  const started = performance.now();
  const child = start(program, node);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  child.stdin.on('error', () => {}); // A program that ends before it reads has its reason on standard error.
  const responded = async () => {
    const result = await request(await openStdio(child));
    const ms = performance.now() - started;
    return { ms, cpuMs: threadsCpuMs(child.pid), residentMib: residentMib(child.pid), result };
  };
  const over = new AbortController();
  const late = AbortSignal.any([over.signal, AbortSignal.timeout(START_MS)]);
  const ended = once(child, 'exit', { signal: late }).then(
    ([code]) => Promise.reject(new Error(`It ended with ${code}: ${said.trim().split('\n')[0]}`)),
    () => Promise.reject(new Error(`It did not answer within ${START_MS} ms.`)),
  );
  try {
    return await Promise.race([responded(), ended]);
  } finally {
    over.abort();
    await stop(child);
  }
}
