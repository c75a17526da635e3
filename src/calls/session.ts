import type { InputRequiredResult } from '@modelcontextprotocol/server';

/** Who is on the other side of a call. */
export interface Session {
  /** Who calls, for the record: the signed-in caller, or else the client's name as it gives it itself. */
  readonly caller: string;
  /** What the caller is allowed; absent where no sign-in was asked for. */
  readonly scopes?: readonly string[];
  /** Whether the client can put a question to its human (`elicitation`, form mode). */
  readonly supportsElicitation: boolean;
  /**
   * Puts a question on a connection of a 2025 protocol and waits for the answer. Absent on 2026-07-28, where the client
   * takes the question as the call's result and calls again.
   * @throws CmkError `approval_timed_out`, `approval_failed`, `cancelled`.
   */
  readonly ask?: (question: InputRequiredResult, timeoutMs: number) => Promise<Record<string, unknown>>;
}
