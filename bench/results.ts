import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { startSandboxServer } from '../src/aiven/sandbox/http-server.ts';
import { ours, start, stop } from './child.ts';
import { type Client, openStdio } from './clients.ts';

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

const ACCESSORS = {
  aws: { principal: 'arn:aws:iam::123456789012:root' },
  gcp: { access_group: 'cmk@example.iam.gserviceaccount.com' },
};

/** Measures results over an API on loopback that has as many keys as the name of the project says. */
export async function measureResults(runs: number): Promise<Results> {
  const { origin, server } = await startSandboxServer(async ({ url }) => {
    const [, count = '0'] = /project\/keys-(\d+)\//.exec(url) ?? [];
    return Response.json(url.endsWith('/accessors') ? { accessors: ACCESSORS } : { cmks: keys(Number(count)) });
  }, 0);
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
      accessors: await tokensOfCall(client, 'aiven_cmk_accessors', { project: 'keys-0', cloud: 'aws' }),
      list: await tokensOfCall(client, 'aiven_cmk_list', { project: 'keys-1000' }),
      ...times,
    };
  } finally {
    await stop(child);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function timeList(client: Client, count: number): Promise<number> {
  const started = performance.now();
  await client.request('tools/call', { name: 'aiven_cmk_list', arguments: { project: `keys-${count}` } });
  return performance.now() - started;
}

/** Returns the tokens of a result's structured content; not a number if the call fails, as where an argument does not exist yet. */
async function tokensOfCall(client: Client, name: string, args: object): Promise<number> {
  const { result } = await client.request('tools/call', { name, arguments: args });
  if (!result || result.isError) return Number.NaN;
  return encode(JSON.stringify(result.structuredContent)).length;
}

function keys(count: number): object[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `12345678-1234-4234-8234-${String(index).padStart(12, '0')}`;
    const resource = `arn:aws:kms:eu-west-1:123456789012:key/${id}`;
    const time = '2026-01-02T03:04:05Z';
    const state = { default_cmk: index === 0, status: 'current', created_at: time, updated_at: time };
    return { id, provider: 'aws', resource, ...state };
  });
}
