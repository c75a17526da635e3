import type { ApprovalRecord, Vote } from './record.ts';

/** What happens to a request for approval; each leaves a line in the audit log. */
export type ApprovalEvent =
  | 'approval_requested'
  | 'approval_vote'
  | 'approval_declined'
  | 'approval_withdrawn'
  | 'approval_expired'
  | 'approval_stale'
  | 'approval_used';

/** What people are told of a request: once that it was made, and once of each outcome. Single votes are not among them. */
export type ApprovalNews = Exclude<ApprovalEvent, 'approval_vote'> | 'approval_approved';

/** What an audit line says beside the request. */
export interface EventDetails {
  readonly vote?: Omit<Vote, 'mac'>;
  /** Whose approvals a use rests on. */
  readonly approvals?: readonly Vote[];
  /** `call_id` of the call that led to the event. */
  readonly callId?: string;
  /** The trace that this call belongs to. */
  readonly traceId?: string | undefined;
}

/** Where what happens to requests is recorded and reported: the audit log, and notices to people. */
export interface Journal {
  /** Writes a line, on disk when this resolves. @throws CmkError `audit_failed`: what the line says must not be done then. */
  record(event: ApprovalEvent, record: ApprovalRecord, details?: EventDetails): Promise<void>;
  /** Tells people in the background. Never throws. */
  notify(news: ApprovalNews, record: ApprovalRecord): void;
}
