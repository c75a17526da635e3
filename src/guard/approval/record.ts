/** How a request for approval stands. Only `pending` and `approved` can change. */
export const APPROVAL_STATES = ['pending', 'approved', 'used', 'declined', 'withdrawn', 'expired', 'stale'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

/** Whose approval a request takes: the requester's own or anybody's with the scope, or only other people's. */
export const APPROVERS = ['self', 'other'] as const;
export type Approver = (typeof APPROVERS)[number];

/** What it takes to approve a request. */
export interface ApprovalRule {
  readonly who: Approver;
  /** Number of distinct people who have to approve, 1 to 5. */
  readonly needed: number;
}

/** Who asked for a write. */
export interface RequestedBy {
  /** `Caller.id`. */
  readonly id: string;
  /** What pages, notices and audit lines call the caller. */
  readonly name: string;
  /**
   * The person that the caller counts as, as a `Caller.id`: a signed-in person is their own, a static token may have an owner.
   * Absent where the caller is nobody's.
   */
  readonly person?: string;
  /** The client's name as it gives it itself; proves nothing. */
  readonly client: string;
}

/** One person's decision. */
export interface Vote {
  /** `Caller.id` of the person. */
  readonly person: string;
  readonly name: string;
  readonly decision: 'approve' | 'decline';
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** When the person signed in at the issuer (`auth_time`), in seconds since the epoch. */
  readonly authTime: number;
  /** How the person signed in (`acr`), where the issuer says so. */
  readonly acr?: string;
  /** HMAC over the vote, the record's id and its plan, so that who can write the store cannot vote. */
  readonly mac: string;
}

/** A stored request for approval, with what the person is shown. All of it is decided by the server. */
export interface ApprovalRecord {
  /** 128 random bits, base64url. Opens nothing by itself. */
  readonly id: string;
  readonly state: ApprovalState;
  readonly requester: RequestedBy;
  readonly tool: string;
  /** The call's arguments as its tool takes them. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly summary: string;
  readonly project: string;
  readonly target: string;
  readonly targetType: 'CMK' | 'service';
  readonly details: Readonly<Record<string, string>>;
  /** SHA-256 of the canonical tool, project, arguments, details and policy: what an approval is good for. */
  readonly plan: string;
  /** SHA-256 of the canonical tool, project and arguments: the same for all plans of one call, whatever its facts are. */
  readonly operation: string;
  readonly rule: ApprovalRule;
  readonly votes: readonly Vote[];
  /** By the clock of the store, in milliseconds since the epoch. */
  readonly createdAt: number;
  /** When a pending request ends, by the clock of the store, in milliseconds since the epoch. */
  readonly expiresAt: number;
  /** When a given approval ends, in milliseconds since the epoch; absent while none is given. */
  readonly usableUntil?: number;
  /** `call_id` of the call that used the approval. */
  readonly usedBy?: string;
}

/** Whether a request can still change: it is pending, or approved and not used. */
export function isOpen({ state }: Pick<ApprovalRecord, 'state'>): boolean {
  return state === 'pending' || state === 'approved';
}

/** Returns when a request ends, or its approval once one is given, in milliseconds since the epoch. */
export function endOf({ expiresAt, usableUntil }: Pick<ApprovalRecord, 'expiresAt' | 'usableUntil'>): number {
  return usableUntil ?? expiresAt;
}
