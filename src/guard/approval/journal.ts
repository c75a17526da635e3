import type { ApprovalRecord, Vote } from './record.ts';

/** What happens to a request for approval; each leaves a line in the audit log. */
export type ApprovalEvent =
  | 'approval_requested'
  | 'approval_vote'
  | 'approval_declined'
  | 'approval_withdrawn'
  | 'approval_expired'
  | 'approval_used';

/** Where what happens to requests is told: the audit log, and people by notices. */
export interface Journal {
  /** Writes a line, on disk when this resolves. @throws CmkError `audit_failed`: what the line says must not be done then. */
  record(
    event: ApprovalEvent,
    record: ApprovalRecord,
    more?: { vote?: Omit<Vote, 'mac'>; callId?: string; traceId?: string | undefined },
  ): Promise<void>;
  /** Tells people in the background. Never throws. */
  notify(event: ApprovalEvent, record: ApprovalRecord): void;
}
