import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { sanitize } from '../../core/sanitize.ts';
import type { ApprovalRecord, ApprovalState, Vote } from './record.ts';
import {
  type ApprovalStore,
  COOL_DOWN_MS,
  KEPT_MS,
  LISTED_MAX,
  type NewRecord,
  PENDING_MAX,
  RECORDS_MAX,
  type RequestOutcome,
  type Transition,
} from './store.ts';
import { decodeRecord, encodeRecord } from './stored-record.ts';
import { keyPrefix, type ValkeyClient } from './valkey.ts';
import { attempt, type Reply, runScript, unavailable } from './valkey-commands.ts';
import { CLOSE, CONSUME, FIND, READ, REQUEST, type Script, VOTE } from './valkey-scripts.ts';

/** Shortest and longest pause between two looks at a record that is waited for, in milliseconds. */
const POLL_MIN_MS = 250;
const POLL_MAX_MS = 1_000;

/** Maximum number of records that cannot be read and are logged. */
const REPORTED_MAX = 100;

const Refused = z.enum(['wrong_state', 'is_requester', 'has_voted']);

export interface ValkeyStoreOptions {
  /** Tells deployments that share a store apart; the same for replicas of one. */
  readonly namespace: string;
  /** Takes a line about a record that cannot be read. */
  readonly log: (line: string) => void;
}

/**
 * Keeps requests for approval in Valkey or Redis, for all replicas of a deployment. Each transition is one script. All keys
 * expire; a store that is emptied or evicts keys loses requests and approves nothing. A replica of the store that takes over
 * without the last writes, and a store that is set back, may bring a used approval back for as long as it was usable.
 */
export class ValkeyStore implements ApprovalStore {
  readonly #client: ValkeyClient;
  readonly #prefix: string;
  readonly #log: (line: string) => void;
  readonly #reported = new Set<string>();

  constructor(client: ValkeyClient, { namespace, log }: ValkeyStoreOptions) {
    this.#client = client;
    this.#prefix = keyPrefix(namespace);
    this.#log = log;
  }

  async request(wanted: NewRecord): Promise<RequestOutcome> {
    const reply = await this.#request(wanted, '');
    const known = reply.outcome === 'found' && !this.#decode(reply);
    const { outcome, number, stale, ...found } = known ? await this.#request(wanted, reply.id) : reply;
    const ended = this.#decode(stale);
    const more = ended && { stale: ended };
    if (outcome === 'cooling_down') return { kind: outcome, until: number, ...more };
    if (outcome === 'too_many') return { kind: outcome, ...more };
    const record = this.#decode(found);
    if (record && (outcome === 'created' || outcome === 'found')) return { kind: outcome, record, ...more };
    throw unavailable('unexpected reply');
  }

  async get(id: string): Promise<ApprovalRecord | undefined> {
    return this.#decode(await runScript(this.#client, READ, [this.#recordKey(id)], [id]));
  }

  async find(requesterId: string, operation: string): Promise<ApprovalRecord | undefined> {
    const latest = this.#latestKey(requesterId, operation);
    const record = this.#decode(await runScript(this.#client, FIND, [latest], [this.#recordKey('')]));
    return record?.requester.id === requesterId && record.operation === operation ? record : undefined;
  }

  async list(): Promise<readonly ApprovalRecord[]> {
    const ids = await attempt(() => this.#client.zrevrange(`${this.#prefix}:listed`, 0, LISTED_MAX - 1));
    const records = await Promise.all(ids.map((id) => this.get(id)));
    return records.filter((record) => record !== undefined);
  }

  vote(id: string, vote: Vote, approvedMs: number): Promise<Transition> {
    return this.#transition(VOTE, id, [vote.person, vote.decision, JSON.stringify(vote), approvedMs, COOL_DOWN_MS]);
  }

  close(id: string, state: 'withdrawn' | 'stale'): Promise<Transition> {
    return this.#transition(CLOSE, id, [state]);
  }

  consume(id: string, plan: string, callId: string): Promise<Transition> {
    return this.#transition(CONSUME, id, [plan, callId]);
  }

  /** Looks again and again: one connection is enough, and a message that gets lost delays nothing. */
  async changed(id: string, state: ApprovalState, milliseconds: number, signal: AbortSignal): Promise<void> {
    const end = performance.now() + milliseconds;
    for (let pause = POLL_MIN_MS; !signal.aborted; pause = Math.min(pause * 1.5, POLL_MAX_MS)) {
      if ((await this.get(id))?.state !== state) return;
      const rest = end - performance.now();
      if (rest <= 0) return;
      await setTimeout(Math.min(pause, rest), undefined, { signal }).catch(() => {}); // Aborted, which ends the loop.
    }
  }

  /** Writes, as a store that answers and takes no writes does not work. */
  async check(): Promise<void> {
    await attempt(() => this.#client.set(`${this.#prefix}:check`, '1', 'PX', POLL_MAX_MS));
  }

  #request(wanted: NewRecord, ignored: string): Promise<Reply> {
    const { id, requester, operation, plan, createdAt, expiresAt } = wanted;
    const limits = [expiresAt - createdAt, KEPT_MS, PENDING_MAX, RECORDS_MAX];
    const args = [this.#recordKey(''), ignored, id, requester.id, operation, plan, ...limits, ...encodeRecord(wanted)];
    return runScript(this.#client, REQUEST, this.#keysOf(wanted), args);
  }

  /** What the keys of a record are made of never changes; all else is checked by the script. */
  async #transition(script: Script, id: string, args: readonly (string | number)[]): Promise<Transition> {
    const before = await this.get(id);
    if (!before) return { kind: 'refused', why: 'not_found' };
    const reply = await runScript(this.#client, script, this.#keysOf(before), [id, KEPT_MS, ...args]);
    const record = this.#decode(reply);
    if (!record) return { kind: 'refused', why: 'not_found' };
    if (reply.outcome === 'done') return { kind: 'done', record };
    return { kind: 'refused', why: Refused.parse(reply.outcome), record };
  }

  #recordKey(id: string): string {
    return `${this.#prefix}:a:${id}`;
  }

  #latestKey(requesterId: string, operation: string): string {
    return `${this.#prefix}:o:${digest([requesterId, operation])}`;
  }

  /** The keys as the scripts take them. */
  #keysOf({ id, requester, operation, plan }: NewRecord): string[] {
    const coolDown = `${this.#prefix}:c:${digest([requester.id, plan])}`;
    const pending = `${this.#prefix}:pending:${digest([requester.id])}`;
    const latest = this.#latestKey(requester.id, operation);
    return [this.#recordKey(id), latest, coolDown, pending, `${this.#prefix}:listed`, `${this.#prefix}:kept`];
  }

  /** What cannot be read is taken as absent: whoever can write to the store may write anything. */
  #decode({ id, state, fields }: Pick<Reply, 'id' | 'state' | 'fields'>): ApprovalRecord | undefined {
    if (fields.length === 0) return undefined;
    const record = decodeRecord(id, state, fields);
    if (!record && !this.#reported.has(id) && this.#reported.size < REPORTED_MAX) {
      this.#reported.add(id);
      this.#log(`the approval store holds a record that cannot be read, and which is ignored: ${sanitize(id, 64)}`);
    }
    return record;
  }
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
