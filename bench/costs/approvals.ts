import { openPageEnv } from '../../test/fixtures/page-env.ts';
import { startRedis } from '../../test/fixtures/redis.ts';
import { nonceIn, Visitor } from '../../test/fixtures/visitor.ts';
import { peakMib } from '../child.ts';
import { pool } from '../clients.ts';
import type { Api } from './api.ts';
import { callTool, succeed } from './call.ts';
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

/** Requests of one agent that are pending at once; a store takes no more of them. */
const PENDING = 3;

/** Views of the list in a run. */
const LISTS = 20;

const PERSON = 'ann';

/** A key that is to be deleted, and the request for its approval. */
interface Deletion {
  readonly token: string;
  readonly id: string;
  url: string;
}

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

/** Returns the steps of the deletions of a run: the request, the decision, the repeated call that deletes. */
function stepsOf(origin: string, visitor: Visitor, agents: readonly string[], approvals: number): Kind[] {
  let run = 0;
  let deletions: Deletion[] = [];
  const of = (index: number): Deletion => {
    const deletion = deletions[index];
    if (!deletion) throw new Error(`There is no deletion ${index}.`);
    return deletion;
  };
  const remove = ({ token, id }: Deletion) =>
    callTool(origin, token, 'aiven_cmk_delete', { project: 'sandbox', cmk_id: id, confirm_cmk_id: id });
  return [
    {
      name: '1. the call that makes the request',
      calls: approvals,
      async prepare() {
        run += 1;
        deletions = await createKeys(origin, agents, approvals, run);
      },
      async call(index) {
        const { error } = await remove(of(index));
        if (error?.code !== 'approval_pending') throw new Error(`A deletion was not pending: ${error?.code}.`);
        of(index).url = error.approval?.url ?? '';
      },
    },
    {
      name: '2. the decision: page, form, page',
      calls: approvals,
      async call(index) {
        const { id, url } = of(index);
        const shown = await visitor.visit(url);
        const fields = { confirm: id, reason: 'bench', nonce: nonceIn(shown, 'approve') };
        const { status, headers } = await visitor.submit(`${url}/approve`, fields);
        if (status !== 303) throw new Error(`A decision got ${status}.`);
        await visitor.visit(new URL(headers.get('location') ?? '', url).href);
      },
    },
    {
      name: '3. the repeated call, which deletes',
      calls: approvals,
      async call(index) {
        const { result, error } = await remove(of(index));
        if (result?.approval !== 'page') throw new Error(`An approved deletion failed: ${error?.code}.`);
      },
    },
  ];
}

async function createKeys(origin: string, agents: readonly string[], count: number, run: number): Promise<Deletion[]> {
  const deletions: Deletion[] = [];
  await pool(count, PENDING, async (index) => {
    const token = tokenOf(agents[index % agents.length] ?? '');
    const resource = `arn:aws:kms:eu-west-1:123456789012:key/bench-${run}-${index}`;
    const { cmk } = await succeed(origin, token, 'aiven_cmk_create', { project: 'sandbox', provider: 'aws', resource });
    deletions.push({ token, id: (cmk as { readonly id: string }).id, url: '' }); // As the tool's output schema says.
  });
  return deletions;
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
