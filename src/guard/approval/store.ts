import type { ApprovalRecord, Vote } from './record.ts';

/** Maximum number of requests that one caller may have pending. */
export const PENDING_MAX = 3;

/** Maximum number of records that a store keeps; beyond it no new request is taken. */
export const RECORDS_MAX = 10_000;

/** Maximum number of records that `list` returns. */
export const LISTED_MAX = 200;

/** How long the same plan of the same caller is refused after a decline, in milliseconds. */
export const COOL_DOWN_MS = 300_000;

/** How long a record is kept at least after its last change, in milliseconds: long enough for a repeated call to read how it ended. */
export const KEPT_MS = 3_600_000;

/** A new record as a store takes it: it is pending and has no votes. */
export type NewRecord = Omit<ApprovalRecord, 'state' | 'votes' | 'usableUntil' | 'usedBy'>;

/** What `request` found or made. */
export type RequestOutcome = (
  | { readonly kind: 'created' | 'found'; readonly record: ApprovalRecord }
  /** Declined for this caller and plan less than `COOL_DOWN_MS` ago. */
  | { readonly kind: 'cooling_down'; readonly until: number }
  /** The caller has `PENDING_MAX` pending requests of other operations, or the store keeps `RECORDS_MAX` records. */
  | { readonly kind: 'too_many' }
) & {
  /** The record of the same requester and operation that this step ended, as its facts are no longer those of now. */
  readonly stale?: ApprovalRecord;
};

/** Why a transition was not made. */
export type Refusal =
  | 'not_found'
  /** The record is in another state than the transition takes, or its time is over. */
  | 'wrong_state'
  /** The rule takes other people than the requester and its owner. */
  | 'is_requester'
  | 'has_voted';

export type Transition =
  | { readonly kind: 'done'; readonly record: ApprovalRecord }
  | { readonly kind: 'refused'; readonly why: Refusal; readonly record?: ApprovalRecord };

/**
 * Keeps requests for approval. Every method is one atomic step, however many replicas share the store: two callers that use one
 * approval at once get one `done`. A record whose time is over is returned as `expired`, whatever is stored.
 * Every method rejects with `CmkError` `approval_unavailable` when the store cannot be reached in time. What was to be changed
 * may have been changed all the same: a use that rejects has to be taken as spent.
 */
export interface ApprovalStore {
  /**
   * Returns the open record (pending or approved) of this requester and plan, or stores the new one. An open record of the
   * same requester and operation with another plan is ended as `stale`, whatever the outcome is, and is not opened again when
   * the facts change back: so each requester has one open record of an operation at most. The new one lives from now on, by
   * the clock of the store, for as long as lies between its `createdAt` and `expiresAt`: use the record that is returned.
   */
  request(record: NewRecord): Promise<RequestOutcome>;
  get(id: string): Promise<ApprovalRecord | undefined>;
  /** Returns the newest record of a requester and operation, of whatever plan and in whatever state, while it is kept. */
  find(requesterId: string, operation: string): Promise<ApprovalRecord | undefined>;
  /** Returns the records that are kept, newest first, at most `LISTED_MAX`. */
  list(): Promise<readonly ApprovalRecord[]>;
  /**
   * Adds a vote to a pending record. With `rule.who` `other`, the requester (`requester.id`) and its person are refused here,
   * inside the step. A decline ends the record and starts the cool-down; the last approval that is needed makes it `approved`,
   * usable for `approvedMs`.
   */
  vote(id: string, vote: Vote, approvedMs: number): Promise<Transition>;
  /** Ends a pending or approved record as `withdrawn` or `stale`. */
  close(id: string, state: 'withdrawn' | 'stale'): Promise<Transition>;
  /** Uses an approved record once, for exactly this plan. */
  consume(id: string, plan: string, callId: string): Promise<Transition>;
  /**
   * Resolves when a record has another state than the given one, when there is no such record, when the signal aborts, or at
   * the latest after `milliseconds`. It does not say which.
   */
  changed(id: string, state: ApprovalRecord['state'], milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Resolves where the store works. */
  check(): Promise<void>;
}
