import { CmkError } from '../../core/errors.ts';
import { APPROVE_SCOPE } from '../scopes.ts';
import type { Journal } from './journal.ts';
import { shownDigestOf } from './plan.ts';
import { type ApprovalRecord, isOpen, type Vote } from './record.ts';
import type { ApprovalStore, Refusal } from './store.ts';
import { signVote } from './votes.ts';

/** Maximum length of a reason, in characters. */
export const REASON_MAX = 500;

/** A person who signed in on the approval page. */
export interface Person {
  /** As `Caller.id`: the same for the person's access tokens at `/mcp` and here. */
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** When the person signed in at the issuer, in seconds since the epoch. */
  readonly authTime: number;
  readonly acr?: string;
}

/** A request as one person may see it, with what that person may do. */
export interface Viewed {
  readonly record: ApprovalRecord;
  readonly mayDecide: boolean;
  readonly mayWithdraw: boolean;
}

/** What a person sends from the page. */
export interface Ballot {
  readonly decision: Vote['decision'];
  /** What the person typed; an approval takes exactly the target, white space around it aside. */
  readonly confirm: string;
  readonly reason: string;
  /** `shownDigestOf` the request as the page showed it to this person. */
  readonly shown: string;
}

/** What decisions need. */
export interface DecisionPolicy {
  readonly store: ApprovalStore;
  /** The key of votes. */
  readonly voteKey: Uint8Array;
  /** How long an approval can be used once it is given, in milliseconds. */
  readonly approvedMs: number;
  readonly journal: Journal;
  /**
   * Makes the plan of a request again from the facts of now; undefined where the call would change nothing any more.
   * @throws CmkError where that fails.
   */
  readonly replan: (record: ApprovalRecord) => Promise<string | undefined>;
}

/** Lets people who signed in see, decide and withdraw requests for approval. */
export class Decisions {
  readonly #policy: DecisionPolicy;

  constructor(policy: DecisionPolicy) {
    this.#policy = policy;
  }

  /** Returns the requests that the person made or may decide about, newest first. */
  async list(person: Person): Promise<readonly Viewed[]> {
    const records = await this.#policy.store.list();
    return records.filter((record) => maySee(record, person)).map((record) => view(record, person));
  }

  /** Returns one request; undefined where there is none that this person may see. */
  async get(id: string, person: Person): Promise<Viewed | undefined> {
    const record = await this.#policy.store.get(id);
    return record && maySee(record, person) ? view(record, person) : undefined;
  }

  /**
   * Adds a person's vote. Everything is checked again at this moment: who may decide, what was typed, and that what will
   * happen is still what the page showed. The audit log has the vote before it counts: of votes that one person sends at the
   * same time each leaves a line, and one counts.
   * @throws CmkError `not_found`, `approval_wrong_id`, `approval_stale`, `approval_unavailable`, `audit_failed`.
   */
  async vote(id: string, person: Person, { decision, confirm, reason, shown }: Ballot): Promise<ApprovalRecord> {
    const { store, voteKey, approvedMs, journal } = this.#policy;
    const viewed = await this.get(id, person);
    if (!viewed) throw notFound();
    const { record } = viewed;
    if (!viewed.mayDecide) throw new CmkError('approval_unavailable', reasonAgainst(record, person));
    if (decision === 'approve') {
      if (confirm.trim() !== record.target) {
        throw new CmkError('approval_wrong_id', `What was typed is not ${record.target}.`);
      }
      if (shown !== shownDigestOf(record)) {
        // Only who can write the store makes one request show two things.
        throw new CmkError('approval_stale', 'The stored request is not what this page showed. Nothing was done.');
      }
      await this.#requireSamePlan(record);
    }
    const { id: personId, name, authTime, acr } = person;
    const short = reason.slice(0, REASON_MAX);
    const unsigned = { person: personId, name, decision, reason: short, at: Date.now(), authTime, ...(acr && { acr }) };
    await journal.record('approval_vote', record, { vote: unsigned });
    const outcome = await store.vote(id, signVote(voteKey, record, unsigned), approvedMs);
    if (outcome.kind === 'refused') throw refused(outcome.why);
    if (outcome.record.state === 'declined') {
      await journal.record('approval_declined', outcome.record);
      journal.notify('approval_declined', outcome.record);
    } else if (outcome.record.state === 'approved') {
      journal.notify('approval_approved', outcome.record);
    }
    return outcome.record;
  }

  /** Ends a request that the person made. @throws CmkError `not_found`, `approval_unavailable`. */
  async withdraw(id: string, person: Person): Promise<ApprovalRecord> {
    const { store, journal } = this.#policy;
    const viewed = await this.get(id, person);
    if (!viewed?.mayWithdraw) throw notFound();
    const outcome = await store.close(id, 'withdrawn');
    if (outcome.kind === 'refused') throw refused(outcome.why);
    await journal.record('approval_withdrawn', outcome.record);
    journal.notify('approval_withdrawn', outcome.record);
    return outcome.record;
  }

  async #requireSamePlan(record: ApprovalRecord): Promise<void> {
    const { store, replan, journal } = this.#policy;
    if ((await replan(record)) === record.plan) return;
    const outcome = await store.close(record.id, 'stale');
    if (outcome.kind === 'done') {
      await journal.record('approval_stale', outcome.record);
      journal.notify('approval_stale', outcome.record);
    }
    throw new CmkError(
      'approval_stale',
      `What this page showed about ${record.target} has changed; the request ended.`,
    );
  }
}

function view(record: ApprovalRecord, person: Person): Viewed {
  return {
    record,
    mayDecide: record.state === 'pending' && isEligible(record, person) && !hasVoted(record, person),
    mayWithdraw: isOpen(record) && isRequester(record, person),
  };
}

function maySee(record: ApprovalRecord, person: Person): boolean {
  return isRequester(record, person) || person.scopes.includes(APPROVE_SCOPE);
}

/** Whether the rule of a request lets this person decide. */
function isEligible(record: ApprovalRecord, person: Person): boolean {
  if (isRequester(record, person)) return record.rule.who === 'self';
  return person.scopes.includes(APPROVE_SCOPE);
}

function isRequester({ requester }: ApprovalRecord, { id }: Person): boolean {
  return requester.id === id || requester.person === id;
}

function hasVoted({ votes }: ApprovalRecord, { id }: Person): boolean {
  return votes.some(({ person }) => person === id);
}

function reasonAgainst(record: ApprovalRecord, person: Person): string {
  if (record.state !== 'pending') return `This request is ${record.state} and takes no decision any more.`;
  if (hasVoted(record, person)) return 'You decided about this request before.';
  return 'This request takes the decision of somebody else.';
}

function refused(why: Refusal): CmkError {
  const messages: Readonly<Record<Refusal, string>> = {
    not_found: 'There is no such request any more.',
    wrong_state: 'This request takes no decision any more.',
    is_requester: 'This request takes the decision of somebody else.',
    has_voted: 'You decided about this request before.',
  };
  return new CmkError('approval_unavailable', messages[why]);
}

function notFound(): CmkError {
  return new CmkError('not_found', 'There is no such request, or you may not see it.');
}
