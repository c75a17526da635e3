import { CmkError } from '../../core/errors.ts';
import type { ApprovalMode } from '../policy.ts';
import type { FormApproval } from './form-approval.ts';
import type { PageApproval, PlannedCall } from './page-approval.ts';
import type { Approval, ApprovalRequest, Reply } from './request.ts';
import { isLeastRule } from './rule.ts';

/** How the person behind a call can be reached. */
export interface Reach {
  /** Whether the client can put a form to its person. */
  readonly supportsElicitation: boolean;
  /** Whether the client can open an address for its person. */
  readonly supportsUrl: boolean;
  /** What came back of a form, where one was sent. */
  readonly reply?: Reply | undefined;
}

/** The ways to an approval that a process has. */
export interface ApprovalWays {
  readonly mode: ApprovalMode;
  /** Absent where no page is set up. */
  readonly page?: PageApproval | undefined;
  readonly form: FormApproval;
}

/** Decides whether a destructive write may be sent: the one gate. Handlers do not know which way it takes. */
export class Approvals {
  readonly #ways: ApprovalWays;

  constructor(ways: ApprovalWays) {
    this.#ways = ways;
  }

  /**
   * Returns who approved the write: a person, or the argument where nobody is asked.
   * @throws FormRequired if a person must be asked first.
   * @throws CmkError `approval_…` unless the person's response approves exactly this request.
   */
  async approve(request: ApprovalRequest, call: PlannedCall, reach: Reach): Promise<Approval> {
    const { mode, page, form } = this.#ways;
    const callerId = call.requester.id;
    const required = call.access?.approval;
    const asks = required !== undefined && required.who !== 'none';
    if (mode === 'argument' && !asks) return approveByArgument(request);
    if (required?.who === 'none' && this.#maySkipPerson()) return this.#approveUnasked(request, callerId);
    if (page) return { approval: 'page', approved_by: await page.approve(request, call, reach) };
    if (mode === 'page')
      throw new CmkError('approval_unavailable', 'This server has no page on which a person can decide.');
    if (asks && (required.who === 'other' || required.needed > 1)) {
      const message = 'The policy takes an approval on the approval page, and this server has none.';
      throw new CmkError('approval_unavailable', message);
    }
    if (reach.supportsElicitation) {
      await form.approve(request, { callerId, policy: call.access?.digest, reply: reach.reply });
      return { approval: 'form', approved_by: 'human' };
    }
    if (mode === 'required' || asks) {
      throw new CmkError('approval_unavailable', 'This server asks a person first, and this client cannot.');
    }
    return this.#approveUnasked(request, callerId);
  }

  /** Whether the settings leave it open that nobody is asked: the policy cannot make less of what they take. */
  #maySkipPerson(): boolean {
    const { mode, page } = this.#ways;
    return mode === 'auto' && (!page || isLeastRule(page.rule));
  }

  #approveUnasked(request: ApprovalRequest, callerId: string): Approval {
    if (this.#ways.form.wasAsked(request, callerId)) {
      const { targetType, target } = request;
      const message = `A person was asked about ${targetType} ${target}; the argument does not decide about it any more.`;
      throw new CmkError('approval_unavailable', message);
    }
    return approveByArgument(request);
  }
}

/** @throws CmkError that the request names where only a person's approval counts. */
function approveByArgument({ personRequired }: ApprovalRequest): Approval {
  if (personRequired) throw personRequired;
  return { approval: 'argument', approved_by: 'argument' };
}
