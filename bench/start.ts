import { once } from 'node:events';
import { type Program, residentMib, start, stop } from './child.ts';
import { openStdio } from './clients.ts';

/** The response to `tools/list`. */
export interface ToolList {
  readonly tools: readonly { readonly name: string; readonly description?: string; readonly inputSchema: object }[];
}

/** One program's starts, run by run. */
export interface Starts {
  /** From spawn to the response to `tools/list`, in milliseconds. */
  readonly ms: readonly number[];
  /** The same over `node -e 0` in the same run, from its spawn to its exit. */
  readonly ratio: readonly number[];
  /** Resident memory after the response to `tools/list`, in MiB. */
  readonly residentMib: readonly number[];
  readonly list: ToolList;
}

/** Maximum time for a program to respond, in milliseconds. */
const START_MS = 20_000;

/**
 * Starts programs with a Node, in turn within each run, so that other load affects all of them. The first run, in which no file
 * is cached, does not count. A program that does not start has an Error in its place.
 */
export async function measureStart(
  programs: readonly Program[],
  runs: number,
  node = process.execPath,
): Promise<{ bareMs: readonly number[]; starts: readonly (Starts | Error)[] }> {
  const bareMs: number[] = [];
  const measured = programs.map(() => ({ ms: [] as number[], ratio: [] as number[], residentMib: [] as number[] }));
  const outcomes: (ToolList | Error)[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const bare = await startBare(node);
    if (run > 0) bareMs.push(bare);
    for (const [index, program] of programs.entries()) {
      if (outcomes[index] instanceof Error) continue;
      const once = await startOnce(program, node).catch((error: Error) => error);
      outcomes[index] = once instanceof Error ? once : once.list;
      if (once instanceof Error || run === 0) continue;
      measured[index]?.ms.push(once.ms);
      measured[index]?.ratio.push(once.ms / bare);
      measured[index]?.residentMib.push(once.residentMib);
    }
  }
  const starts = measured.map((values, index) => {
    const list = outcomes[index] ?? new Error('It was never started.');
    return list instanceof Error ? list : { ...values, list };
  });
  return { bareMs, starts };
}

async function startBare(node: string): Promise<number> {
  const started = performance.now();
  await once(start({ args: ['-e', '0'] }, node), 'exit');
  return performance.now() - started;
}

async function startOnce(program: Program, node: string) {
  const started = performance.now();
  const child = start(program, node);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  child.stdin.on('error', () => {}); // A program that ends before it reads has its reason on standard error.
  const listed = async () => {
    const { result, error } = await (await openStdio(child)).request('tools/list', {});
    const ms = performance.now() - started;
    if (!result) throw new Error(`tools/list failed: ${JSON.stringify(error)}`);
    return { ms, residentMib: residentMib(child.pid), list: result as unknown as ToolList };
  };
  const over = new AbortController();
  const late = AbortSignal.any([over.signal, AbortSignal.timeout(START_MS)]);
  const ended = once(child, 'exit', { signal: late }).then(
    ([code]) => Promise.reject(new Error(`It ended with ${code}: ${said.trim().split('\n')[0]}`)),
    () => Promise.reject(new Error(`It did not answer within ${START_MS} ms.`)),
  );
  try {
    return await Promise.race([listed(), ended]);
  } finally {
    over.abort();
    await stop(child);
  }
}
