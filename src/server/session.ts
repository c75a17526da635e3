import {
  type AuthInfo,
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  type Implementation,
  type McpRequestContext,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Session } from '../calls/session.ts';
import { ANONYMOUS, type Caller } from '../core/caller.ts';
import { CmkError } from '../core/errors.ts';
import { sanitize } from '../core/sanitize.ts';
import { elicit, replyOf } from './elicitation.ts';
import type { CallerDetails } from './http/http-env.ts';

type Era = McpRequestContext['era'];

interface Envelope {
  readonly [CLIENT_INFO_META_KEY]?: Implementation;
  readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities;
}

/** Returns the session of one request, on a server for one era of the protocol. */
export function sessionOf(server: Server, context: ServerContext, era: Era): Session {
  const envelope = context.mcpReq.envelope as Envelope | undefined; // The SDK checks it, but its type names no keys.
  if (era === 'modern') {
    return {
      caller: callerOf(context.http?.authInfo, envelope?.[CLIENT_INFO_META_KEY]),
      supportsElicitation: supportsElicitation(envelope?.[CLIENT_CAPABILITIES_META_KEY]),
      reply: replyOf(context),
    };
  }
  // On 2025 connections the SDK keeps the data of `initialize`; these accessors are deprecated only for later revisions.
  const caller = callerOf(context.http?.authInfo, server.getClientVersion());
  if (envelope) return { caller, supportsElicitation: true, elicit: refuseMixedEras };
  return {
    caller,
    supportsElicitation: supportsElicitation(server.getClientCapabilities()),
    elicit: (form, timeoutMs) => elicit(form, timeoutMs, context),
  };
}

/** Returns the caller. A name that a client gives itself is shown, but identifies nobody. */
export function callerOf(authInfo: AuthInfo | undefined, client: Implementation | undefined): Caller {
  const clientName = client ? sanitize(`${client.name}/${client.version}`, 100) : 'unknown';
  const { issuer, address, credential, anonymous } = (authInfo?.extra ?? {}) as Partial<CallerDetails>; // Made by our own sign-in.
  const origin = { ...(issuer && { issuer }), ...(address && { address }) };
  if (!authInfo || anonymous) return { name: clientName, id: ANONYMOUS, ...origin };
  const { clientId, scopes } = authInfo;
  return { name: clientId, id: JSON.stringify([issuer ?? 'static', credential ?? '', clientId]), scopes, ...origin };
}

/** Whether a client supports forms. A bare `elicitation: {}` means form mode (MCP 2025-11-25, client capabilities). */
function supportsElicitation(capabilities: ClientCapabilities | undefined): boolean {
  const { elicitation } = capabilities ?? {};
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

function refuseMixedEras(): Promise<never> {
  const message = 'The request has the envelope of protocol 2026-07-28 on a connection of an earlier one.';
  return Promise.reject(new CmkError('approval_failed', message));
}
