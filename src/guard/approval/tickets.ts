import { createHash, randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { CmkError } from '../../core/errors.ts';
import type { ApprovalRequest } from './request.ts';

/** The caller and the request for which alone a ticket is valid. */
export interface Subject {
  readonly request: ApprovalRequest;
  /** `Caller.id` of the caller that requested the write. */
  readonly callerId: string;
  /** `AccessPolicy.digest` of the policy that allowed the write; absent where there is no policy. */
  readonly policy?: string | undefined;
}

/** A symmetric signature (RFC 7518, 3.2): only servers with the key can issue tickets. */
const ALGORITHM = 'HS256';

/** Issues and checks tickets: signed texts that a client carries from a form to its response (RFC 7519, HS256). */
export class Tickets {
  readonly #key: Uint8Array;
  readonly #lifetimeMs: number;

  constructor(key: Uint8Array, lifetimeMs: number) {
    this.#key = key;
    this.#lifetimeMs = lifetimeMs;
  }

  /** Issues the ticket of a form. */
  issue({ request, callerId, policy }: Subject): Promise<string> {
    return new SignJWT({ about: aboutOf(request), details: digestOf(request, policy) })
      .setProtectedHeader({ alg: ALGORITHM })
      .setJti(randomUUID())
      .setSubject(callerId)
      .setExpirationTime(Math.ceil((Date.now() + this.#lifetimeMs) / 1_000))
      .sign(this.#key);
  }

  /**
   * Checks that a ticket was issued by this deployment, has not expired, and is for this caller and request. Returns its
   * unique id, and whether the details are still those that the person was shown.
   * @throws CmkError `approval_unasked`, `approval_timed_out`.
   */
  async check(ticket: unknown, { request, callerId, policy }: Subject): Promise<{ id: string; isCurrent: boolean }> {
    const { jti, sub, about, details } = await this.#open(ticket);
    if (typeof jti !== 'string' || sub !== callerId || about !== aboutOf(request)) {
      throw new CmkError('approval_unasked', `The response does not belong to the form about ${request.target}.`);
    }
    return { id: jti, isCurrent: details === digestOf(request, policy) };
  }

  async #open(ticket: unknown) {
    if (typeof ticket !== 'string') {
      throw new CmkError('approval_unasked', 'The response has no ticket of a form.');
    }
    try {
      const { payload } = await jwtVerify(ticket, this.#key, { algorithms: [ALGORITHM], requiredClaims: ['exp'] });
      return payload;
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) {
        throw new CmkError('approval_timed_out', 'The response arrived too late.', { cause });
      }
      throw new CmkError('approval_unasked', 'The response belongs to no form of this server.', { cause });
    }
  }
}

/** Returns a digest of the object that a request is about, without its details. */
export function aboutOf({ project, target, targetType }: ApprovalRequest): string {
  return digest(JSON.stringify([project, targetType, target]));
}

/** Returns a digest of the text that the person is shown, and of the policy. */
function digestOf({ summary, details }: ApprovalRequest, policy: string | undefined): string {
  return digest(JSON.stringify([summary, details, policy]));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
