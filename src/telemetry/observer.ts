import type { Outcome } from './audit.ts';
import type { NoticeType } from './notice.ts';

/** How a sign-in on the approval page ended. */
export type PageSignInResult = 'signed_in' | 'refused' | 'issuer_failed';

/** Receives the events of calls, for metrics. */
export interface Observer {
  /** Called when a call has ended; its duration is in milliseconds. */
  call(tool: string, outcome: Outcome['outcome'], milliseconds: number): void;
  /** Called when a person was asked, or has approved. */
  approval(result: 'asked' | 'approved'): void;
  /** Called after an attempt at a request to the API, with the status or `none` without a response. */
  request(method: string, status: number | 'none'): void;
  /** Called when a read is retried. */
  retry(): void;
  /** A request for approval was made, or came to an outcome. */
  approvalEvent(type: NoticeType): void;
  /** The store of requests for approval could not be used. */
  storeFailure(): void;
  /** Called when a person has signed in on the approval page, was refused, or could not because the issuer failed. */
  pageSignIn(result: PageSignInResult): void;
  /** Called when an audit line could not be written. */
  auditFailure(): void;
  /** Called when a notice was given up after its last try. */
  webhookFailure(): void;
}
