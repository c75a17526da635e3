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
import { clean } from './clean.ts';
import { CmkError } from './errors.ts';
import { APPROVAL } from './modes.ts';

/** Who is on the other side of a call. */
export interface Peer {
  /** Who calls, for the record: the signed-in caller, or else the client's name as it gives it itself. */
  readonly caller: string;
  /** What the caller is allowed; absent where no sign-in was asked for. */
  readonly scopes?: readonly string[];
  /** Whether the client can put a question to its human (`elicitation`, form mode). */
  readonly canAsk: boolean;
  /**
   * Puts a question on a connection of a 2025 protocol and waits for the answer. Absent on 2026-07-28, where the client
   * takes the question as the call's result and calls again.
   * @throws CmkError `approval_timed_out`, `approval_failed`, `cancelled`.
   */
  readonly ask?: (question: InputRequiredResult, timeoutMs: number) => Promise<Record<string, unknown>>;
}

interface Envelope {
  readonly [CLIENT_INFO_META_KEY]?: Implementation;
  readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities;
}

export function peerOf({ server }: McpServer, context: ServerContext): Peer {
  const auth = context.http?.authInfo;
  const signedIn = auth && { caller: auth.clientId, scopes: auth.scopes };
  const envelope = context.mcpReq.envelope as Envelope | undefined; // The SDK checks it, but its type names no keys.
  if (envelope) {
    const asks = canAsk(envelope[CLIENT_CAPABILITIES_META_KEY]);
    return { caller: nameOf(envelope[CLIENT_INFO_META_KEY]), canAsk: asks, ...signedIn };
  }
  return {
    // On 2025 connections the SDK keeps what `initialize` announced; these accessors are deprecated for later ones.
    caller: nameOf(server.getClientVersion()),
    canAsk: canAsk(server.getClientCapabilities()),
    ask: (question, timeoutMs) => ask(question, timeoutMs, context),
    ...signedIn,
  };
}

function nameOf(client: Implementation | undefined): string {
  return client ? clean(`${client.name}/${client.version}`, 100) : 'unknown';
}

/** A bare `elicitation: {}` means form mode (MCP 2025-11-25, client capabilities). */
function canAsk(capabilities: ClientCapabilities | undefined): boolean {
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
    const reason = clean(cause instanceof Error ? cause.message : String(cause));
    throw new CmkError('approval_failed', `The client failed to ask its human: ${reason}`, { cause });
  }
}
