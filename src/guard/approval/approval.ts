import { CmkError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import type { ApprovalMode } from '../policy.ts';
import { ExpiringSet } from './expiring-set.ts';
import { checkResponse, createForm } from './form.ts';
import { type ApprovalRequest, type ApprovedBy, FormRequired, type Reply } from './request.ts';
import { aboutOf, Tickets } from './tickets.ts';

/** How long it is remembered that a person was asked, in milliseconds. */
const ASKED_MS = 24 * 3_600_000;

/** Maximum number of forms and of tickets that are remembered; beyond it nothing is approved. */
const REMEMBERED_MAX = 100_000;

/** Who approves. */
export interface ApprovalPolicy {
  readonly mode: ApprovalMode;
  /** Maximum time that a person may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Tells deployments on one Aiven token apart; the same for replicas. */
  readonly deployment: string;
}

/** Who asks for approval, and how a person can be reached. */
export interface Requester {
  /** `Caller.id`. */
  readonly callerId: string;
  /** Whether a form can be put to a person. */
  readonly supportsElicitation: boolean;
  /** What came back of a form, where one was sent. */
  readonly reply?: Reply | undefined;
}

/** Decides whether a destructive write may be sent. One for the length of a process, whose memory makes approvals single-use. */
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
   * Returns whose word the write rests on: a person's, or the argument's where nobody is asked.
   * @throws FormRequired where a person has to be asked first.
   * @throws CmkError `approval_…` where the person's response is anything but the approval of this very request.
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
      throw new CmkError('approval_stale', `What the person was shown about ${request.target} has changed since.`);
    }
    checkResponse(reply.response, request);
    return 'human';
  }

  /** Spends a ticket whatever its response is: a decline cannot be followed by an approval of the same form. */
  #spend(id: string, { target }: ApprovalRequest): void {
    if (this.#spent.has(id)) throw new CmkError('approval_used', `The response about ${target} was used before.`);
    // A ticket's expiry is rounded up to a second.
    if (!this.#spent.add(id, this.#timeoutMs + 1_000)) throw tooMany();
  }

  /** @throws CmkError `approval_unavailable`, also where a person was asked about the same write before. */
  #approveWithoutPerson(request: ApprovalRequest, callerId: string): ApprovedBy {
    if (this.#mode === 'required') {
      throw new CmkError('approval_unavailable', 'This server asks a person first, and this client cannot.');
    }
    if (this.#asked.has(keyOf(request, callerId))) {
      const message = `A person was asked about ${request.targetType} ${request.target}; the argument does not decide about it any more.`;
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
  return new CmkError('approval_unavailable', 'This server remembers too many approvals to take another one now.');
}

/** Identifies a write to the memory of who was asked. It holds no details, as a caller could change those by other calls. */
function keyOf(request: ApprovalRequest, callerId: string): string {
  return `${callerId}\0${aboutOf(request)}`;
}

/** @throws CmkError that the request names where only a person's approval counts. */
function approveByArgument({ personRequired }: ApprovalRequest): ApprovedBy {
  if (personRequired) throw personRequired;
  return 'argument';
}
