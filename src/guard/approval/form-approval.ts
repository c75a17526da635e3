import { CmkError } from '../../core/errors.ts';
import { ExpiringSet } from './expiring-set.ts';
import { checkResponse, createForm } from './form.ts';
import { type ApprovalRequest, FormRequired, type Reply } from './request.ts';
import { aboutOf, Tickets } from './tickets.ts';

/** How long it is remembered that a person was asked, in milliseconds. */
const ASKED_MS = 24 * 3_600_000;

/** Maximum number of forms and of tickets that are remembered; beyond it nothing is approved. */
const REMEMBERED_MAX = 100_000;

/** How a person is reached by the client's own form. */
export interface FormRequester {
  /** `Caller.id`. */
  readonly callerId: string;
  /** `AccessPolicy.digest` of the policy that allowed the write; absent where there is no policy. */
  readonly policy?: string | undefined;
  /** What came back of a form, where one was sent. */
  readonly reply?: Reply | undefined;
}

/**
 * Lets a person approve by a form of the client. The client relays the response, so this proves that a client was asked, not
 * who answered. One for the length of a process, whose memory makes responses single-use.
 */
export class FormApproval {
  readonly #timeoutMs: number;
  readonly #tickets: Tickets;
  readonly #spent: ExpiringSet;
  readonly #asked: ExpiringSet;

  /** `timeoutMs` is the maximum time that a person may take, `rememberedMax` the number of forms and of tickets remembered. */
  constructor(key: Uint8Array, timeoutMs: number, rememberedMax = REMEMBERED_MAX) {
    this.#spent = new ExpiringSet(rememberedMax);
    this.#asked = new ExpiringSet(rememberedMax);
    this.#timeoutMs = timeoutMs;
    this.#tickets = new Tickets(key, timeoutMs);
  }

  /**
   * Resolves where a person approved this very request.
   * @throws FormRequired where a person has to be asked first.
   * @throws CmkError `approval_…` for every other response.
   */
  async approve(request: ApprovalRequest, { callerId, policy, reply }: FormRequester): Promise<void> {
    const subject = { request, callerId, policy };
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
  }

  /** Whether a form about this write was put to this caller before: then no argument decides about it. */
  wasAsked(request: ApprovalRequest, callerId: string): boolean {
    return this.#asked.has(keyOf(request, callerId));
  }

  /** Spends a ticket whatever its response is: a decline cannot be followed by an approval of the same form. */
  #spend(id: string, { target }: ApprovalRequest): void {
    if (this.#spent.has(id)) throw new CmkError('approval_used', `The response about ${target} was used before.`);
    // A ticket's expiry is rounded up to a second.
    if (!this.#spent.add(id, this.#timeoutMs + 1_000)) throw tooMany();
  }

  #rememberAsked({ request, callerId }: { request: ApprovalRequest; callerId: string }): void {
    const key = keyOf(request, callerId);
    if (this.#asked.add(key, ASKED_MS) || this.#asked.has(key)) return;
    throw tooMany();
  }
}

function tooMany(): CmkError {
  return new CmkError('approval_unavailable', 'This server remembers too many approvals to take another one now.', {
    hint: 'Nothing was deleted or moved. Tell the user and the operator: it works again once earlier entries expire, within a day.',
  });
}

/** Identifies a write to the memory of who was asked. It holds no details, as a caller could change those by other calls. */
function keyOf(request: ApprovalRequest, callerId: string): string {
  return `${callerId}\0${aboutOf(request)}`;
}
