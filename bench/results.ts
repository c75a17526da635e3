import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { lineOf, ours, script, start, stop } from './child.ts';
import { type Client, openStdio, succeed } from './clients.ts';

/** What reading costs: sizes of results in o200k tokens, and times of whole lists in milliseconds. */
export interface Results {
  /** The result of `aiven_cmk_accessors` for AWS alone. */
  readonly accessors: number;
  /** The first result of `aiven_cmk_list` in a project of 1,000 keys. */
  readonly list: number;
  /** Times of lists of 1,000 and of 10,000 keys, run by run. */
  readonly thousandMs: readonly number[];
  readonly tenThousandMs: readonly number[];
}

/** Measures results over an API of a separate process that has as many keys as the name of the project says. */
export async function measureResults(runs: number): Promise<Results> {
  const api = start(script('api.ts'));
  const origin = await lineOf(api.stdout, /^(http.*)$/);
  const child = start(ours([], { AIVEN_API_ORIGIN: origin }));
  child.stderr.resume();
  try {
    const client = await openStdio(child);
    const times = { thousandMs: [] as number[], tenThousandMs: [] as number[] };
    for (let run = 0; run <= runs; run += 1) {
      const [thousandMs, tenThousandMs] = [await timeList(client, 1_000), await timeList(client, 10_000)];
      if (run === 0) continue; // Code is compiled in it.
      times.thousandMs.push(thousandMs);
      times.tenThousandMs.push(tenThousandMs);
    }
    return {
      accessors: await tokensOfCall(client, 'aiven_cmk_accessors', { project: 'keys-1000', cloud: 'aws' }),
      list: await tokensOfCall(client, 'aiven_cmk_list', { project: 'keys-1000' }),
      ...times,
    };
  } finally {
    await Promise.all([child, api].map(stop));
  }
}

/** Returns the time of a list, in milliseconds. @throws Error if the call fails or was over another number of keys. */
async function timeList(client: Client, count: number): Promise<number> {
  const started = performance.now();
  const { structuredContent } = await succeed(client, 'aiven_cmk_list', { project: `keys-${count}` });
  const ms = performance.now() - started;
  const { total } = structuredContent as { total?: number }; // The output schema of the tool says so.
  if (total !== count) throw new Error(`The list of ${count} keys was over ${total}.`);
  return ms;
}

/** Returns the tokens of a result's structured content; not a number if the call fails, as where an argument does not exist yet. */
async function tokensOfCall(client: Client, name: string, args: object): Promise<number> {
  const { result } = await client.request('tools/call', { name, arguments: args });
  if (!result || result.isError) return Number.NaN;
  return encode(JSON.stringify(result.structuredContent)).length;
}
