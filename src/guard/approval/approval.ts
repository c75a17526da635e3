import { CmkError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import type { ApprovalMode } from '../policy.ts';
import { ExpiringSet } from './expiring-set.ts';
import { checkResponse, createForm } from './form.ts';
import { type ApprovalRequest, type ApprovedBy, FormRequired, type Reply } from './request.ts';
import { aboutOf, Tickets } from './tickets.ts';

/** How long the server remembers that a person was asked, in milliseconds. */
const ASKED_MS = 24 * 3_600_000;

/** Maximum number of forms and of tickets that are remembered; when it is reached, nothing is approved. */
const REMEMBERED_MAX = 100_000;

/** How destructive writes are approved. */
export interface ApprovalPolicy {
  readonly mode: ApprovalMode;
  /** Maximum time that a person may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Distinguishes deployments that use one Aiven token; the same for all replicas of one. */
  readonly deployment: string;
}

/** The caller that requests approval, and how a person can be asked. */
export interface Requester {
  /** `Caller.id`. */
  readonly callerId: string;
  /** Whether the client can show a form to a person. */
  readonly supportsElicitation: boolean;
  /** The reply to a form, where one was sent. */
  readonly reply?: Reply | undefined;
}

/** Decides whether a destructive write may be sent. There is one per process: its memory makes approvals single-use. */
export class Approvals {
  readonly #mode: ApprovalMode;
  readonly #timeoutMs: number;
  readonly #tickets: Tickets;
  readonly #spent = new ExpiringSet(REMEMBERED_MAX);
  readonly #asked = new ExpiringSet(REMEMBERED_MAX);

  constructor({ mode, timeoutMs, deployment }: ApprovalPolicy, token: Secret) {
    this.#mode = mode;
    this.#timeoutMs = timeoutMs;
    this.#tickets = new Tickets(token, deployment, timeoutMs);
  }

  /**
   * Returns who approved the write: a person, or the argument where nobody is asked.
   * @throws FormRequired if a person must be asked first.
   * @throws CmkError `approval_…` unless the person's response approves exactly this request.
   */
  async approve(request: ApprovalRequest, requester: Requester): Promise<ApprovedBy> {
    const { callerId, supportsElicitation, reply } = requester;
    if (this.#mode === 'argument') return approveByArgument(request);
    if (!supportsElicitation) return this.#approveWithoutPerson(request, callerId);
    const subject = { request, callerId };
    if (!reply) {
      this.#rememberAsked(subject);
      throw new FormRequired(createForm(request), await this.#tickets.issue(subject));
    }
    const { id, isCurrent } = await this.#tickets.check(reply.ticket, subject);
    this.#spend(id, request);
    if (!isCurrent) {
      throw new CmkError('approval_stale', `The details of ${request.target} have changed since the person was asked.`);
    }
    checkResponse(reply.response, request);
    return 'human';
  }

  /** Marks a ticket as used, whatever its response is: a decline cannot be followed by an approval of the same form. */
  #spend(id: string, { target }: ApprovalRequest): void {
    if (this.#spent.has(id)) throw new CmkError('approval_used', `The response about ${target} was used before.`);
    // A ticket's expiry is rounded up to a second.
    if (!this.#spent.add(id, this.#timeoutMs + 1_000)) throw tooMany();
  }

  /** Approves by the argument. @throws CmkError `approval_unavailable` in mode `required`, or if a person was asked before. */
  #approveWithoutPerson(request: ApprovalRequest, callerId: string): ApprovedBy {
    if (this.#mode === 'required') {
      throw new CmkError(
        'approval_unavailable',
        'This server requires a person to approve, and this client cannot ask one.',
      );
    }
    if (this.#asked.has(keyOf(request, callerId))) {
      const message = `A person was asked about ${request.targetType} ${request.target}; the argument alone no longer approves it.`;
      throw new CmkError('approval_unavailable', message);
    }
    return approveByArgument(request);
  }

  #rememberAsked({ request, callerId }: { request: ApprovalRequest; callerId: string }): void {
    const key = keyOf(request, callerId);
    if (this.#asked.add(key, ASKED_MS) || this.#asked.has(key)) return;
    throw tooMany();
  }
}

function tooMany(): CmkError {
  return new CmkError(
    'approval_unavailable',
    'This server holds the maximum number of approvals and accepts no other now.',
  );
}

/** Returns the key under which a question about a write is remembered. It has no details: a caller could change those by other calls. */
function keyOf(request: ApprovalRequest, callerId: string): string {
  return `${callerId}\0${aboutOf(request)}`;
}

/** Approves by the argument. @throws CmkError `personRequired` of the request, if set. */
function approveByArgument({ personRequired }: ApprovalRequest): ApprovedBy {
  if (personRequired) throw personRequired;
  return 'argument';
}
