import { randomBytes } from 'node:crypto';
import { CmkError } from '../../core/errors.ts';
import type { Journal } from './journal.ts';
import { digestOf } from './plan.ts';
import type { ApprovalRecord, ApprovalRule, RequestedBy } from './record.ts';
import { type ApprovalRequest, FormRequired, type Reply } from './request.ts';
import type { ApprovalStore } from './store.ts';
import { validApprovals } from './votes.ts';

/** Maximum time that a repeated call waits for a decision, in milliseconds: most clients give up on a call after 60 s. */
export const WAIT_MS = 25_000;

/** How often a waiting call says so, in milliseconds. */
const PROGRESS_MS = 5_000;

/** When a client had best call again, in seconds. */
const RETRY_AFTER_S = 10;

/** What approval by a page needs. */
export interface PagePolicy {
  readonly store: ApprovalStore;
  /** The key of votes. */
  readonly voteKey: Uint8Array;
  readonly rule: ApprovalRule;
  /** Returns the address of a request's page. It opens nothing by itself and holds no secret. */
  readonly urlOf: (id: string) => string;
  /** Maximum time that a request is pending, in milliseconds. */
  readonly pendingMs: number;
  readonly journal: Journal;
}

/** One call that needs an approval. */
export interface PlannedCall {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly callId: string;
  /** The trace that the call belongs to, if any. */
  readonly traceId?: string | undefined;
  readonly requester: RequestedBy;
  /** Aborted when the call ends. */
  readonly signal: AbortSignal;
  /** When the call is out of time, in milliseconds since the epoch. */
  readonly deadline: number;
  readonly reportProgress?: ((message: string) => void) | undefined;
  /** Wraps the wait for a decision, for tracing. */
  readonly aroundWait?: (<T>(wait: () => Promise<T>) => Promise<T>) | undefined;
}

/** How the client can lead its person to the page. */
export interface Reach {
  /** Whether the client can open an address for its person (`elicitation.url`, 2026-07-28). */
  readonly supportsUrl: boolean;
  readonly reply?: Reply | undefined;
}

/** Lets people decide on a page of this server: nothing that a client sends is an approval. */
export class PageApproval {
  readonly #policy: PagePolicy;

  constructor(policy: PagePolicy) {
    this.#policy = policy;
  }

  /**
   * Returns the names of who approved this very write, and uses their approval up.
   * @throws FormRequired where the client can open the page for its person. Its response says whether the person wants to
   * open it, and never approves.
   * @throws CmkError `approval_pending` with the page's address while nobody has decided; `approval_declined`,
   * `approval_withdrawn`, `approval_unavailable`.
   */
  async approve(
    request: ApprovalRequest,
    call: PlannedCall,
    { supportsUrl, reply }: Reach,
  ): Promise<readonly string[]> {
    const action = reply?.response?.action;
    if (action === 'decline' || action === 'cancel') {
      await this.#withdraw(request, call);
      throw new CmkError('approval_withdrawn', `The client’s person did not want to decide about ${request.target}.`);
    }
    const { record, created } = await this.#request(request, call);
    if (created && supportsUrl && !reply) {
      const url = this.#policy.urlOf(record.id);
      throw new FormRequired(
        { message: `${request.summary} Decide about ${request.target} on this page.`, url },
        record.id,
      );
    }
    const { aroundWait = (wait) => wait() } = call;
    const decided = created ? record : await aroundWait(() => this.#wait(record, call));
    if (decided.state === 'pending') throw this.#pending(decided);
    if (decided.state !== 'approved') throw closed(decided);
    return this.#use(decided, call);
  }

  /** Withdraws the request of a call, as its own client asks for. */
  async #withdraw(request: ApprovalRequest, call: PlannedCall): Promise<void> {
    const { store, journal } = this.#policy;
    const record = await store.find(call.requester.id, planOf(request, call));
    if (!record) return;
    const { kind, record: withdrawn } = await store.close(record.id, 'withdrawn');
    if (kind !== 'done' || !withdrawn) return;
    await journal.record('approval_withdrawn', withdrawn, { traceId: call.traceId });
    journal.notify('approval_withdrawn', withdrawn);
  }

  async #request(request: ApprovalRequest, call: PlannedCall): Promise<{ record: ApprovalRecord; created: boolean }> {
    const { store, rule, pendingMs, journal } = this.#policy;
    const { summary, project, target, targetType, details } = request;
    const plan = planOf(request, call);
    const now = Date.now();
    const { tool, args, requester } = call;
    const shown = { tool, args, summary, project, target, targetType, details };
    const id = randomBytes(16).toString('base64url');
    const wanted = { id, requester, ...shown, plan, rule, createdAt: now, expiresAt: now + pendingMs };
    const outcome = await store.request(wanted);
    if (outcome.kind === 'cooling_down') {
      const seconds = Math.ceil((outcome.until - now) / 1_000);
      throw new CmkError(
        'approval_declined',
        `A person declined for ${target} just now; nobody is asked again for ${seconds} s.`,
      );
    }
    if (outcome.kind === 'too_many') {
      throw new CmkError('approval_unavailable', 'Too many requests of this caller wait for a decision already.');
    }
    if (outcome.kind === 'created') await this.#announce(outcome.record, journal, call.traceId);
    return { record: outcome.record, created: outcome.kind === 'created' };
  }

  /** A request that left no record is not kept. */
  async #announce(record: ApprovalRecord, journal: Journal, traceId: string | undefined): Promise<void> {
    try {
      await journal.record('approval_requested', record, { traceId });
    } catch (error) {
      await this.#policy.store.close(record.id, 'withdrawn');
      throw error;
    }
    journal.notify('approval_requested', record);
  }

  async #wait(record: ApprovalRecord, { signal, deadline, reportProgress }: PlannedCall): Promise<ApprovalRecord> {
    const { store } = this.#policy;
    // A tenth of what is left of the call is for the write itself.
    const end = Date.now() + Math.min(WAIT_MS, (deadline - Date.now()) * 0.9);
    let latest = record;
    while (latest.state === 'pending' && Date.now() < end && !signal.aborted) {
      reportProgress?.('Waiting for a person to decide on the approval page.');
      await store.changed(record.id, 'pending', Math.min(PROGRESS_MS, end - Date.now()), signal);
      const read = await store.get(record.id);
      if (!read) throw new CmkError('approval_unavailable', 'The request for approval is not kept any more.');
      latest = read;
    }
    return latest;
  }

  /** Uses an approval up, before anything is sent. */
  async #use({ id, plan }: ApprovalRecord, { callId, traceId }: PlannedCall): Promise<readonly string[]> {
    const { store, voteKey, journal, rule } = this.#policy;
    const { kind, record } = await store.consume(id, plan, callId);
    if (kind !== 'done' || !record)
      throw record ? closed(record) : new CmkError('approval_used', 'The approval is gone.');
    const approvals = validApprovals(voteKey, record, rule);
    if (approvals.length < Math.max(record.rule.needed, rule.needed)) {
      throw new CmkError(
        'approval_unavailable',
        'The stored approval does not count under the keys and rules of this deployment.',
      );
    }
    await journal.record('approval_used', record, { callId, traceId });
    journal.notify('approval_used', record);
    return approvals.map(({ name }) => name);
  }

  #pending(record: ApprovalRecord): CmkError {
    const url = this.#policy.urlOf(record.id);
    const message = `A person has to approve this on ${url} first.`;
    const approval = {
      id: record.id,
      url,
      expires_at: new Date(record.expiresAt).toISOString(),
      retry_after_s: RETRY_AFTER_S,
    };
    return new CmkError('approval_pending', message, { approval });
  }
}

function planOf({ project, details }: ApprovalRequest, { tool, args }: PlannedCall): string {
  return digestOf({ tool, project, args, details });
}

/** Why a record approves nothing. */
function closed({ state, target }: ApprovalRecord): CmkError {
  if (state === 'declined') return new CmkError('approval_declined', `A person declined for ${target}.`);
  if (state === 'withdrawn') return new CmkError('approval_withdrawn', `The request about ${target} was withdrawn.`);
  if (state === 'stale')
    return new CmkError('approval_stale', `What the person was shown about ${target} has changed since.`);
  if (state === 'used') return new CmkError('approval_used', `The approval about ${target} was used before.`);
  return new CmkError('approval_timed_out', `Nobody approved for ${target} in time.`);
}
