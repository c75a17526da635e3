import {
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  SdkError,
  SdkErrorCode,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { CmkError } from '../core/errors.ts';
import { sanitize } from '../core/sanitize.ts';
import type { ApprovalForm, ApprovalLink, FormResponse, Reply } from '../guard/approval/request.ts';

/** The name of the one form of a call (2026-07-28, `inputRequests`). */
const APPROVAL = 'approval';

/** The result that asks a client of 2026-07-28 to put a form to its person, or to open a page for it, and to call again. */
export function toInputRequired(form: ApprovalForm | ApprovalLink, ticket: string): InputRequiredResult {
  const request = 'url' in form ? inputRequired.elicitUrl(form) : inputRequired.elicit(paramsOf(form));
  return inputRequired({ inputRequests: { [APPROVAL]: request }, requestState: ticket });
}

/** Returns a 2026-07-28 client's reply to a form; undefined if it sent none. */
export function replyOf({ mcpReq }: ServerContext): Reply | undefined {
  const ticket = mcpReq.requestState();
  if (mcpReq.inputResponses === undefined && ticket === undefined) return undefined;
  const view = inputResponse(mcpReq.inputResponses, APPROVAL);
  return { ticket, response: view.kind === 'elicit' ? { action: view.action, content: view.content } : undefined };
}

/**
 * Shows a form to the user of a 2025 client and resolves with the response. The SDK's own `elicitInput` refuses clients that
 * declare a bare `elicitation: {}`, and its errors have no codes.
 * @throws CmkError `approval_timed_out`, `approval_failed`, `cancelled`.
 */
export async function elicit(
  form: ApprovalForm,
  timeoutMs: number,
  { mcpReq }: ServerContext,
): Promise<FormResponse | undefined> {
  try {
    const params = { mode: 'form' as const, ...paramsOf(form) };
    return await mcpReq.send({ method: 'elicitation/create', params }, { timeout: timeoutMs });
  } catch (cause) {
    if (mcpReq.signal.aborted) {
      throw new CmkError('cancelled', 'The call was cancelled while a person was asked.', { cause });
    }
    if (cause instanceof SdkError && cause.code === SdkErrorCode.RequestTimeout) {
      throw new CmkError('approval_timed_out', `No person answered within ${timeoutMs} ms.`, { cause });
    }
    const reason = sanitize(cause instanceof Error ? cause.message : String(cause));
    throw new CmkError('approval_failed', `The client failed to show the form: ${reason}`, { cause });
  }
}

function paramsOf({ message, field: { name, ...field } }: ApprovalForm) {
  return {
    message,
    requestedSchema: {
      type: 'object' as const,
      properties: { [name]: { type: 'string' as const, ...field } },
      required: [name],
    },
  };
}
