import { CmkError } from '../core/errors.ts';
import type { ApprovalEvent, ApprovalNews, EventDetails, Journal } from '../guard/approval/journal.ts';
import { type ApprovalRecord, endOf } from '../guard/approval/record.ts';
import type { AuditLog } from '../telemetry/audit.ts';
import type { Notice, NoticeType } from '../telemetry/notice.ts';

/** Sends a notice in the background. */
export type Notify = (notice: Notice) => void;

const NOTICE_TYPES = {
  approval_requested: 'approval.requested',
  approval_approved: 'approval.approved',
  approval_declined: 'approval.declined',
  approval_withdrawn: 'approval.withdrawn',
  approval_expired: 'approval.expired',
  approval_stale: 'approval.stale',
  approval_used: 'approval.used',
} as const satisfies Record<ApprovalNews, NoticeType>;

/** Writes what happens to requests for approval to the audit log, and tells people. */
export class ApprovalJournal implements Journal {
  readonly #audit: AuditLog;
  readonly #urlOf: (id: string) => string;
  readonly #notify: Notify | undefined;

  constructor(audit: AuditLog, urlOf: (id: string) => string, notify?: Notify) {
    this.#audit = audit;
    this.#urlOf = urlOf;
    this.#notify = notify;
  }

  async record(
    event: ApprovalEvent,
    record: ApprovalRecord,
    { vote, approvals, callId, traceId }: EventDetails = {},
  ): Promise<void> {
    const { id, plan, requester, rule, tool, project, target } = record;
    const line = {
      approval_id: id,
      plan,
      tool,
      project,
      target,
      requester: { name: requester.name, id: requester.id, client: requester.client },
      rule,
      ...(vote && {
        approver: vote.person,
        approver_name: vote.name,
        decision: vote.decision,
        reason: vote.reason,
        auth_time: vote.authTime,
        acr: vote.acr,
      }),
      ...(approvals && { approved_by: approvals.map(({ person }) => person) }),
      call_id: callId,
      trace_id: traceId,
    };
    try {
      await this.#audit.event(event, line);
    } catch (cause) {
      throw new CmkError('audit_failed', `The audit record of ${event} could not be written.`, { cause });
    }
  }

  notify(news: ApprovalNews, record: ApprovalRecord): void {
    const { id, summary, project, target, requester } = record;
    this.#notify?.({
      type: NOTICE_TYPES[news],
      id,
      url: this.#urlOf(id),
      summary,
      project,
      target,
      requester: requester.name,
      client: requester.client,
      expires_at: new Date(endOf(record)).toISOString(),
    });
  }
}
