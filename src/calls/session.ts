import type { Caller } from '../core/caller.ts';
import type { ApprovalForm, FormResponse, Reply } from '../guard/approval/request.ts';
import type { CallSpan } from '../telemetry/tracer.ts';

/** The caller of a tool, and how the person who uses its client can be asked. */
export interface Session {
  readonly caller: Caller;
  /** Whether the client can show a form to a person. */
  readonly supportsElicitation: boolean;
  /** Whether the client can open an address for its person (`elicitation.url`, 2026-07-28). */
  readonly supportsUrl: boolean;
  /** Whether results are returned whole, however large; absent for a client, whose model has to read them. */
  readonly takesWholeResults?: boolean;
  /** What came back of a form that an earlier call returned. */
  readonly reply?: Reply | undefined;
  /**
   * Shows a form to a person and resolves with the response. Absent if the client takes the form as the call's result and
   * calls again with the reply.
   * @throws CmkError `approval_timed_out`, `approval_cancelled`, `approval_failed`, `cancelled`.
   */
  readonly elicit?: (form: ApprovalForm, timeoutMs: number) => Promise<FormResponse | undefined>;
}

/** The context of one call, over MCP or from a shell. */
export interface Invocation {
  readonly session: Session;
  /** The call's span; absent for a call from a shell. */
  readonly span?: CallSpan | undefined;
  /** Aborted when the client cancels the call. */
  readonly signal: AbortSignal;
  /** Sends the client the reason for a delay; absent if it did not request progress. */
  readonly reportProgress?: ((message: string) => void) | undefined;
}
