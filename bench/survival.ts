import { pool } from './clients.ts';
import type { Check } from './expectations.ts';
import { type Backend, CALLER_TOKEN, freePorts, Replica, startBackend, startNginx } from './fleet.ts';
import { number, table } from './table.ts';
import { jsonOf, requestOf } from './tool-call.ts';

const IN_FLIGHT = 16;
const REVISIONS = ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'];

type Body = { result?: Record<string, unknown> & { structuredContent?: Record<string, unknown> } };
interface ToolResponse {
  status: number;
  replica: string | null;
  body: Body;
}

/** How much is measured. */
export interface Survival {
  /** Numbers of replicas, each of which is a row of the table. */
  readonly replicas: readonly number[];
  readonly requests: number;
  readonly approvals: number;
}

const HEAD = [
  'replicas',
  'requests/s',
  'p50 ms',
  'p99 ms',
  'approvals across replicas',
  'reads repeated, lost',
  'writes done, unclear, repeated',
];

/**
 * Measures replicas of the built server behind nginx, round robin without affinity: requests per second, whether an approval
 * may begin at one replica and end at another, and which requests are lost or repeated when a replica is killed and restarted
 * under load. Returns a table in Markdown. `check` gets what is expected and whether it holds.
 */
export async function measureSurvival(survival: Survival, check: Check): Promise<string> {
  const rows: string[][] = [];
  for (const count of survival.replicas) rows.push(await measure(count, survival, check));
  return table(HEAD, rows);
}

async function measure(count: number, { requests, approvals }: Survival, check: Check): Promise<string[]> {
  const backend = await startBackend();
  const replicas = (await freePorts(count)).map((port) => new Replica(port, backend));
  await Promise.all(replicas.map((replica) => replica.start()));
  const nginx = await startNginx(replicas.map(({ port }) => port));
  try {
    await load(nginx.origin, requests / 10, check); // Warms the replicas up.
    const { seconds, times } = await load(nginx.origin, requests, check);
    const across = await approve(nginx.origin, count, approvals, check);
    const chaos = count > 1 ? await survive(nginx.origin, replicas, backend, requests / 2, check) : ['–', '–'];
    return [`${count}`, number(requests / seconds), at(times, 0.5), at(times, 0.99), across, ...chaos];
  } finally {
    await nginx.stop();
    await Promise.all(replicas.map((replica) => replica.stop('SIGTERM')));
    await backend.close();
  }
}

/** Lists keys in every protocol revision in turn. */
async function load(origin: string, requests: number, check: Check): Promise<{ seconds: number; times: number[] }> {
  const times: number[] = [];
  const started = performance.now();
  await pool(requests, IN_FLIGHT, async (index) => {
    const before = performance.now();
    const { status, body } = await call(origin, index, 'aiven_cmk_list', {});
    times.push(performance.now() - before);
    check(status === 200 && Array.isArray(body.result?.structuredContent?.cmks), 'every call gets a response');
  });
  return { seconds: (performance.now() - started) / 1_000, times: times.sort((one, other) => one - other) };
}

/** Registers keys and deletes them; the form comes from one replica and its response goes to the next. */
async function approve(origin: string, count: number, approvals: number, check: Check): Promise<string> {
  let across = 0;
  for (let index = 0; index < approvals; index += 1) {
    const created = await call(origin, 3, 'aiven_cmk_create', { provider: 'aws', resource: key(`approval-${index}`) });
    const id = String((created.body.result?.structuredContent?.cmk as { id?: string } | undefined)?.id);
    const args = { cmk_id: id, confirm_cmk_id: id };
    const first = await call(origin, 3, 'aiven_cmk_delete', args);
    const inputResponses = { approval: { action: 'accept', content: { cmk_id: id } } };
    const round = { requestState: first.body.result?.requestState, inputResponses };
    const second = await call(origin, 3, 'aiven_cmk_delete', args, round);
    check(second.body.result?.structuredContent?.approved_by === 'human', 'an approval is accepted by any replica');
    if (first.replica !== second.replica) across += 1;
  }
  check(count === 1 || across > 0, 'the rounds of an approval land on different replicas');
  return `${across} of ${approvals}`;
}

/** Kills a replica under load and restarts it, then replaces another as an upgrade does. */
async function survive(
  origin: string,
  replicas: readonly Replica[],
  backend: Backend,
  requests: number,
  check: Check,
): Promise<string[]> {
  const [victim, next] = replicas as [Replica, Replica];
  const reads = { repeated: 0, lost: 0 };
  const writes = { done: 0, unclear: 0 };
  const events = new Map<number, () => Promise<void>>([
    [Math.floor(requests * 0.2), () => victim.stop('SIGKILL')],
    [Math.floor(requests * 0.4), () => victim.start()],
    [Math.floor(requests * 0.6), () => next.stop('SIGTERM').then(() => next.start())],
  ]);
  // One after the other: on a slow machine the first is not up yet when the second is due, and nobody would be left.
  let happening = Promise.resolve();
  await pool(requests, IN_FLIGHT, async (index) => {
    const event = events.get(index);
    if (event) happening = happening.then(event);
    if (index % 10 === 0) {
      // A write is never repeated by the client; a failure leaves it unclear, and the API's count decides.
      const args = { provider: 'aws', resource: key(`chaos-${replicas.length}-${index}`) };
      const { status, body } = await call(origin, index, 'aiven_cmk_create', args);
      if (status === 200 && body.result?.structuredContent?.cmk) writes.done += 1;
      else writes.unclear += 1;
      return;
    }
    for (let tries = 1; ; tries += 1) {
      const { status, body } = await call(origin, index, 'aiven_cmk_list', {});
      if (status === 200 && body.result?.structuredContent?.cmks) return;
      reads.repeated += 1;
      if (tries === 5) {
        reads.lost += 1;
        return;
      }
    }
  });
  await happening;
  const repeated = [...backend.writes.values()].filter((times) => times > 1).length;
  check(reads.lost === 0, 'no read is lost that the client may repeat');
  check(repeated === 0, 'no write is repeated');
  return [`${reads.repeated}, ${reads.lost}`, `${writes.done}, ${writes.unclear}, ${repeated}`];
}

/** Makes one tool call in one of the protocol revisions. Resolves with status 0 if the connection failed. */
async function call(
  origin: string,
  index: number,
  name: string,
  args: object,
  round: object = {},
): Promise<ToolResponse> {
  const revision = REVISIONS[index % REVISIONS.length] ?? '';
  const request = requestOf({ revision, id: index, token: CALLER_TOKEN, name, args, more: round });
  try {
    const response = await fetch(`${origin}/mcp`, request);
    const text = await response.text();
    return { status: response.status, replica: response.headers.get('x-replica'), body: parse(text) };
  } catch {
    return { status: 0, replica: null, body: {} };
  }
}

function parse(text: string): Body {
  try {
    return jsonOf(text) as Body;
  } catch {
    return {};
  }
}

function key(name: string): string {
  return `arn:aws:kms:eu-west-1:123456789012:key/${name}`;
}

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
}
