import { nonceIn, Visitor } from '../fixtures/visitor.ts';
import { type Attempt, attempt, pause } from './caller.ts';
import { APPROVERS } from './deployment.ts';
import type { Load } from './load.ts';
import type { Random } from './random.ts';

export const AGENTS = ['agent-1', 'agent-2', 'agent-3'];

/** How long one deletion may take with all that happens meanwhile, in milliseconds. */
const PATIENCE_MS = 90_000;

/** A key that an agent wanted to delete, and what people did about it. */
export interface Deletion {
  readonly id: string;
  /** Who sent an approval of which request; the page may have taken it or not. */
  readonly sent: Map<string, Set<string>>;
  /** What the agent was told at last. */
  told: string;
}

/** Registers keys and deletes them, each with the decision of two people; some people decline, and some are not asked. */
export async function deleteKeys(load: Load, caller: string, random: Random, deletions: Deletion[]): Promise<void> {
  const { deployment, findings, stopped } = load;
  const people = new Map(APPROVERS.map((name) => [name, new Visitor()] as const));
  for (let turn = 0; !stopped(); turn += 1) {
    const resource = `arn:aws:kms:eu-west-1:123456789012:key/${caller}-${turn}`;
    const created = await attempt(deployment.origin, caller, turn, 'aiven_cmk_create', { provider: 'aws', resource });
    const id = (created.result?.cmk as { id?: string } | undefined)?.id; // A tool's result is JSON of its schema.
    if (id === undefined) {
      await pause(500);
      continue;
    }
    const deletion: Deletion = { id, sent: new Map(), told: '' };
    deletions.push(deletion);
    const plan = ['approve', 'approve', 'approve', 'decline', 'forge'][random.below(5)] ?? 'approve';
    await run(load, caller, turn, deletion, plan, people);
    findings.count(`deletions, people ${plan}: ${deletion.told}`);
  }
}

async function run(
  { deployment: { origin }, findings, stopped }: Load,
  caller: string,
  turn: number,
  deletion: Deletion,
  plan: string,
  people: ReadonlyMap<string, Visitor>,
): Promise<void> {
  const args = { cmk_id: deletion.id, confirm_cmk_id: deletion.id };
  const call = (more: object = {}) => attempt(origin, caller, turn, 'aiven_cmk_delete', args, more);
  const deadline = Date.now() + PATIENCE_MS;
  let decided = false;
  while (Date.now() < deadline && !stopped()) {
    // A decision is used by several calls at once: one of them may delete.
    const attempts: Attempt[] = await Promise.all(decided ? [call(), call(), call()] : [call()]);
    for (const { status } of attempts) findings.require(status !== -1, 'every call ends within its deadline');
    const pending = attempts.find(({ error }) => error?.code === 'approval_pending')?.error?.approval;
    const told = attempts.map(toldBy);
    deletion.told = told.find((each) => each === 'ok') ?? told.find((each) => !AGAIN.has(each)) ?? '';
    if (deletion.told) return;
    if (!pending) {
      await pause(300);
      continue;
    }
    if (plan === 'forge') {
      const content = { action: 'accept', content: { cmk_id: deletion.id } };
      const { result } = await call({ inputResponses: { approval: content }, requestState: pending.id });
      findings.require(result === undefined, 'no answer of a client is an approval');
      deletion.told = 'not decided';
      return;
    }
    if (plan === 'decline') {
      if (await decide(origin, people.get('bob'), 'bob', pending.id, deletion.id, 'decline')) decided = true;
      continue;
    }
    const senders: Set<string> = deletion.sent.get(pending.id) ?? new Set<string>();
    deletion.sent.set(pending.id, senders);
    for (const [name, person] of people) {
      if (senders.size >= 2) break;
      if (await decide(origin, person, name, pending.id, deletion.id, 'approve')) senders.add(name);
    }
    decided = senders.size >= 2;
  }
  deletion.told ||= 'not within its time';
}

/** What a client may call again after. */
const AGAIN = new Set(['approval_pending', 'approval_unavailable', 'retryable']);

function toldBy({ result, error, status }: Attempt): string {
  if (result) return 'ok';
  if (!error) return status === 200 ? 'no result' : 'retryable';
  if (error.code === 'approval_pending' || error.code === 'approval_unavailable') return error.code;
  return error.retryable ? 'retryable' : error.code;
}

/** Sends one person's decision by the page, as that person. Resolves to whether it was sent: the page may have taken it. */
async function decide(
  origin: string,
  person: Visitor | undefined,
  name: string,
  requestId: string,
  target: string,
  action: 'approve' | 'decline',
): Promise<boolean> {
  const url = `${origin}/approvals/${requestId}`;
  let wasSent = false;
  try {
    let page = await person?.follow(url);
    if (page?.text.includes('/approvals/sign-in')) page = await person?.signIn(origin, name, requestId);
    const nonce = page ? nonceIn(page, action) : '';
    if (nonce === '') return false;
    wasSent = true;
    await person?.submit(`${url}/${action}`, { confirm: target, reason: 'soak', nonce });
  } catch {
    // A replica or the issuer is away; the agent calls again.
  }
  return wasSent;
}
