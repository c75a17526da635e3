import { randomBytes } from 'node:crypto';
import { CmkError } from '../../core/errors.ts';
import type { GrantedAccess } from '../access-policy/access-policy.ts';
import { watchExpiry } from './expiry.ts';
import type { Journal } from './journal.ts';
import { closed, coolingDown, gone, invalid, tooMany } from './page-errors.ts';
import { digestOf, operationOf } from './plan.ts';
import type { ApprovalRecord, ApprovalRule, RequestedBy } from './record.ts';
import { type ApprovalRequest, FormRequired, type Reply } from './request.ts';
import { stricterRule } from './rule.ts';
import type { ApprovalStore, RequestOutcome } from './store.ts';
import { validApprovals } from './votes.ts';

/** Maximum time that a repeated call waits for a decision, in milliseconds: most clients give up on a call after 60 s. */
const WAIT_MS = 25_000;

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
  /** Whether the call that makes a request waits, too: where the server itself shows the page to the person. */
  readonly waitsAtOnce?: boolean;
}

/** One call that needs an approval. */
export interface PlannedCall {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly callId: string;
  /** The trace that the call belongs to, if any. */
  readonly traceId?: string | undefined;
  readonly requester: RequestedBy;
  /** What the policy says of the call; absent where there is none. */
  readonly access?: GrantedAccess | undefined;
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
  /** What came back of a form or of a link, where one was sent. */
  readonly reply?: Reply | undefined;
}

/** Lets people decide on a page of this server: nothing that a client sends is an approval. */
export class PageApproval {
  /** Whether other people than the requester can decide there. */
  readonly takesOthers: boolean = true;
  readonly #policy: PagePolicy;

  constructor(policy: PagePolicy) {
    this.#policy = policy;
  }

  /** The approval that every request takes at least. */
  get rule(): ApprovalRule {
    return this.#policy.rule;
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
    const plan = this.#planOf(request, call);
    const { record, created } = await this.#request(request, call, plan);
    if (created && supportsUrl && !reply) {
      const url = this.#policy.urlOf(record.id);
      throw new FormRequired(
        { message: `${request.summary} Decide about ${request.target} on this page.`, url },
        record.id,
      );
    }
    const { aroundWait = (wait) => wait() } = call;
    const waits = !created || this.#policy.waitsAtOnce;
    const decided = waits ? await aroundWait(() => this.#wait(record, call)) : record;
    if (decided.state === 'pending') throw this.#pending(decided);
    if (decided.state !== 'approved') throw closed(decided);
    return this.#use(record.id, plan, call);
  }

  /** Withdraws the request of a call, as its own client asks for. */
  async #withdraw(request: ApprovalRequest, call: PlannedCall): Promise<void> {
    const { store, journal } = this.#policy;
    // Whatever its facts were: they may have changed since the person was asked.
    const record = await store.find(call.requester.id, operationOf({ ...call, project: request.project }));
    if (!record) return;
    const { kind, record: withdrawn } = await store.close(record.id, 'withdrawn');
    if (kind !== 'done' || !withdrawn) return;
    await journal.record('approval_withdrawn', withdrawn, { traceId: call.traceId });
    journal.notify('approval_withdrawn', withdrawn);
  }

  async #request(
    request: ApprovalRequest,
    call: PlannedCall,
    plan: string,
  ): Promise<{ record: ApprovalRecord; created: boolean }> {
    const { store, pendingMs } = this.#policy;
    const { summary, project, target, targetType, details } = request;
    const rule = this.#ruleOf(call);
    const now = Date.now();
    const { tool, args, requester } = call;
    const operation = operationOf({ tool, project, args });
    const shown = { tool, args, summary, project, target, targetType, details };
    const id = randomBytes(16).toString('base64url');
    const wanted = { id, requester, ...shown, plan, operation, rule, createdAt: now, expiresAt: now + pendingMs };
    const outcome = await store.request(wanted);
    await this.#announce(outcome, call);
    if (outcome.kind === 'cooling_down') throw coolingDown(target, outcome.until - now);
    if (outcome.kind === 'too_many') throw tooMany();
    return { record: outcome.record, created: outcome.kind === 'created' };
  }

  /** Tells of a new request, and of the one that it ended. A request that left no line is not kept. */
  async #announce(outcome: RequestOutcome, { callId, traceId }: PlannedCall): Promise<void> {
    const { store, journal } = this.#policy;
    const { stale } = outcome;
    const created = outcome.kind === 'created' ? outcome.record : undefined;
    try {
      if (stale) await journal.record('approval_stale', stale, { callId, traceId });
      if (created) await journal.record('approval_requested', created, { callId, traceId });
    } catch (error) {
      if (created) await store.close(created.id, 'withdrawn');
      throw error;
    }
    if (stale) journal.notify('approval_stale', stale);
    if (!created) return;
    journal.notify('approval_requested', created);
    watchExpiry(created, { store, journal });
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
      if (!read) throw gone();
      latest = read;
    }
    return latest;
  }

  /** Uses the approval of this plan up, before anything is sent. */
  async #use(id: string, plan: string, call: PlannedCall): Promise<readonly string[]> {
    const { store, voteKey, journal } = this.#policy;
    const rule = this.#ruleOf(call);
    const { callId, traceId, requester } = call;
    const { kind, record } = await store.consume(id, plan, callId);
    if (kind !== 'done' || !record)
      throw record ? closed(record) : new CmkError('approval_used', 'The approval is gone.');
    // The votes have to be about this call's own write: what the store says of the record may have changed since it was found.
    const own = { ...record, plan, requester: { ...record.requester, id: requester.id } };
    const approvals = validApprovals(voteKey, own, rule);
    if (approvals.length < Math.max(record.rule.needed, rule.needed)) throw invalid();
    await journal.record('approval_used', record, { callId, traceId, approvals });
    journal.notify('approval_used', record);
    return approvals.map(({ name }) => name);
  }

  #ruleOf({ access }: PlannedCall): ApprovalRule {
    return stricterRule(this.#policy.rule, access?.approval);
  }

  #planOf({ project, details }: ApprovalRequest, call: PlannedCall): string {
    const { tool, args, access } = call;
    const policy = access && { digest: access.digest, rule: this.#ruleOf(call) };
    return digestOf({ tool, project, args, details, policy });
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
