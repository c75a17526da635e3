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
import { ANONYMOUS, type Caller, callerId } from '../core/caller.ts';
import { CmkError } from '../core/errors.ts';
import { sanitize } from '../core/sanitize.ts';
import { elicit, replyOf } from './elicitation.ts';
import type { CallerDetails } from './http/http-env.ts';

type Era = McpRequestContext['era'];

interface Envelope {
  readonly [CLIENT_INFO_META_KEY]?: Implementation;
  readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities;
}

function envelopeOf(context: ServerContext): Envelope | undefined {
  return context.mcpReq.envelope as Envelope | undefined; // The SDK checks it, but its type names no keys.
}

/** Returns what a client declared of itself: with this request since 2026-07-28, before that with `initialize`, if it is kept. */
export function clientCapabilitiesOf(server: Server, context: ServerContext, era: Era): ClientCapabilities | undefined {
  return era === 'modern' ? envelopeOf(context)?.[CLIENT_CAPABILITIES_META_KEY] : server.getClientCapabilities();
}

/** Returns the session of one request, on a server for one era of the protocol. */
export function sessionOf(server: Server, context: ServerContext, era: Era): Session {
  const envelope = envelopeOf(context);
  const capabilities = clientCapabilitiesOf(server, context, era);
  if (era === 'modern') {
    return {
      caller: callerOf(context.http?.authInfo, envelope?.[CLIENT_INFO_META_KEY]),
      supportsElicitation: supportsElicitation(capabilities),
      supportsUrl: capabilities?.elicitation?.url !== undefined,
      reply: replyOf(context),
    };
  }
  // On 2025 connections the SDK keeps the data of `initialize`; these accessors are deprecated only for later revisions.
  const caller = callerOf(context.http?.authInfo, server.getClientVersion());
  if (envelope) return { caller, supportsElicitation: true, supportsUrl: false, elicit: refuseMixedEras };
  return {
    caller,
    supportsElicitation: supportsElicitation(capabilities),
    supportsUrl: false,
    elicit: (form, timeoutMs) => elicit(form, timeoutMs, context),
  };
}

/** Who calls. A name that a client gives itself is shown, but identifies nobody. */
export function callerOf(authInfo: AuthInfo | undefined, implementation: Implementation | undefined): Caller {
  const client = implementation ? sanitize(`${implementation.name}/${implementation.version}`, 100) : 'unknown';
  const { issuer, address, credential, owner, anonymous, claims } = (authInfo?.extra ?? {}) as Partial<CallerDetails>; // Made by our own sign-in.
  const common = { client, ...(issuer && { issuer }), ...(address && { address }) };
  if (!authInfo || anonymous) return { name: client, id: ANONYMOUS, ...common };
  const { clientId, scopes } = authInfo;
  const id = callerId(clientId, issuer, credential);
  const person = issuer === undefined ? owner : id;
  return { name: clientId, id, scopes, ...common, ...(person !== undefined && { person }), ...(claims && { claims }) };
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
