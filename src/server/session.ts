import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  type Implementation,
  type InputRequiredResult,
  type McpServer,
  SdkError,
  SdkErrorCode,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Session } from '../calls/session.ts';
import { CmkError } from '../core/errors.ts';
import { sanitize } from '../core/sanitize.ts';
import { APPROVAL } from '../guard/policy.ts';

interface Envelope {
  readonly [CLIENT_INFO_META_KEY]?: Implementation;
  readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities;
}

export function sessionOf({ server }: McpServer, context: ServerContext): Session {
  const auth = context.http?.authInfo;
  // Without sign-in, callers go by the names that their clients give themselves.
  const signedIn = auth && !auth.extra?.anonymous && { caller: auth.clientId, scopes: auth.scopes };
  const envelope = context.mcpReq.envelope as Envelope | undefined; // The SDK checks it, but its type names no keys.
  if (envelope) {
    const asks = supportsElicitation(envelope[CLIENT_CAPABILITIES_META_KEY]);
    return { caller: nameOf(envelope[CLIENT_INFO_META_KEY]), supportsElicitation: asks, ...signedIn };
  }
  return {
    // On 2025 connections the SDK keeps what `initialize` announced; these accessors are deprecated for later ones.
    caller: nameOf(server.getClientVersion()),
    supportsElicitation: supportsElicitation(server.getClientCapabilities()),
    ask: (question, timeoutMs) => ask(question, timeoutMs, context),
    ...signedIn,
  };
}

function nameOf(client: Implementation | undefined): string {
  return client ? sanitize(`${client.name}/${client.version}`, 100) : 'unknown';
}

/** A bare `elicitation: {}` means form mode (MCP 2025-11-25, client capabilities). */
function supportsElicitation(capabilities: ClientCapabilities | undefined): boolean {
  const { elicitation } = capabilities ?? {};
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

/**
 * The SDK can do this itself, but answers in prose when it fails; and its `elicitInput` refuses clients that announce a
 * bare `elicitation: {}`.
 */
async function ask(question: InputRequiredResult, timeout: number, { mcpReq }: ServerContext) {
  const request = question.inputRequests?.[APPROVAL];
  if (request?.method !== 'elicitation/create')
    throw new CmkError('internal', 'The call asked what no human can answer.');
  try {
    const params = { mode: 'form', ...request.params };
    return { [APPROVAL]: await mcpReq.send({ method: 'elicitation/create', params }, { timeout }) };
  } catch (cause) {
    if (mcpReq.signal.aborted)
      throw new CmkError('cancelled', 'The call was cancelled while a human was asked.', { cause });
    if (cause instanceof SdkError && cause.code === SdkErrorCode.RequestTimeout) {
      throw new CmkError('approval_timed_out', `No human answered within ${timeout} ms.`, { cause });
    }
    const reason = sanitize(cause instanceof Error ? cause.message : String(cause));
    throw new CmkError('approval_failed', `The client failed to ask its human: ${reason}`, { cause });
  }
}
