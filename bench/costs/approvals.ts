import { openPageEnv } from '../../test/fixtures/page-env.ts';
import { startRedis } from '../../test/fixtures/redis.ts';
import { Visitor } from '../../test/fixtures/visitor.ts';
import { peakMib } from '../child.ts';
import type { Api } from './api.ts';
import { succeed } from './call.ts';
import { PENDING, stepsOf } from './deletions.ts';
import { type Cost, type Kind, Meter, sumOf } from './meter.ts';
import { RedisCounters } from './redis-counters.ts';
import { type MeasuredReplica, NO_LIMITS, type Start, startReplicas, tokenOf, writeTokensFile } from './replica.ts';

/** What was measured of a replica with an approval page and a shared store. */
export interface ApprovalCosts {
  readonly costs: readonly Cost[];
  readonly starts: readonly Start[];
  /** Largest memory of the replica, in MiB. */
  readonly peakMib: number;
  /** Memory that Redis takes for one request for approval, in bytes. */
  readonly recordBytes: number;
}

/** Views of the list in a run. */
const LISTS = 20;

const PERSON = 'ann';

/** Measures deletions that a person approves on the page, in three steps, and what else uses the store. */
export async function measureApprovals(
  api: Api,
  { runs, calls, approvals }: { readonly runs: number; readonly calls: number; readonly approvals: number },
): Promise<ApprovalCosts> {
  const [redis, page] = await Promise.all([startRedis(), openPageEnv('agent', PERSON)]);
  const agents = Array.from({ length: Math.ceil(approvals / PENDING) }, (_, index) => `agent-${index}`);
  const tokens = writeTokensFile(agents, PERSON);
  const counters = new RedisCounters(redis.port, redis.child.pid);
  let replica: MeasuredReplica | undefined;
  try {
    const env = {
      ...NO_LIMITS,
      ...page.env,
      AIVEN_CMK_HTTP_TOKENS_FILE: tokens.path,
      AIVEN_CMK_STORE_URL: redis.url.expose(),
    };
    const started = await startReplicas(runs, api, env, page.args);
    replica = started.replica;
    const { origin, child } = replica;
    const meter = new Meter(child.pid, counters);
    const list: Kind = {
      name: 'list of 4 keys, counted in Redis',
      calls,
      call: async () => void (await succeed(origin, tokenOf('agent-0'), 'aiven_cmk_list', { project: 'keys-4' })),
    };
    const reads = await meter.measure([list], runs);
    const visitor = new Visitor();
    await visitor.signIn(origin, PERSON);
    const kinds = stepsOf(origin, visitor, agents, approvals);
    await meter.measure(kinds, 0); // Redis takes memory for the scripts when they first run.
    const before = await counters.read();
    const steps = await meter.measure(kinds, runs);
    const records = approvals * (runs + 1);
    const recordBytes = ((await counters.read()).datasetBytes - before.datasetBytes) / records;
    const lists = await meter.measure([pageOf(origin, visitor, approvals + records)], runs);
    const costs = [...reads, sumOf('an approved deletion in all', steps), ...steps, ...lists];
    return { costs, starts: started.starts, peakMib: peakMib(child.pid), recordBytes };
  } finally {
    await replica?.stop();
    counters.close();
    await Promise.all([redis.stop(), page.close()]);
    tokens.remove();
  }
}

/** The list of requests on the page, which reads the newest 200 from the store, as a scrape of `/metrics` does. */
function pageOf(origin: string, visitor: Visitor, records: number): Kind {
  return {
    name: `the list on the page, ${records} requests kept`,
    calls: LISTS,
    async call() {
      const { status } = await visitor.visit(`${origin}/approvals`);
      if (status !== 200) throw new Error(`The list got ${status}.`);
    },
  };
}
