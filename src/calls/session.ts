import type { Caller } from '../core/caller.ts';
import type { ApprovalForm, FormResponse, Reply } from '../guard/approval/request.ts';

/** Who makes a call, and how a person behind the caller can be reached. */
export interface Session {
  readonly caller: Caller;
  /** Whether a form can be put to a person. */
  readonly supportsElicitation: boolean;
  /** What came back of a form that an earlier call returned. */
  readonly reply?: Reply | undefined;
  /**
   * Puts a form to a person and waits for the response. Absent where the client takes the form as the call's result and calls
   * again with the reply.
   * @throws CmkError `approval_timed_out`, `approval_cancelled`, `approval_failed`, `cancelled`.
   */
  readonly elicit?: (form: ApprovalForm, timeoutMs: number) => Promise<FormResponse | undefined>;
}

/** One call as a protocol or a shell delivers it. */
export interface Invocation {
  readonly session: Session;
  /** Aborted when the client cancels the call. */
  readonly signal: AbortSignal;
  /** Tells the client why its call takes longer; absent where it did not ask to be told. */
  readonly reportProgress?: ((message: string) => void) | undefined;
}
