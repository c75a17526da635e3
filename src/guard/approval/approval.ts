import { CmkError } from '../../core/errors.ts';
import type { ApprovalMode } from '../policy.ts';
import type { FormApproval } from './form-approval.ts';
import type { PageApproval, Reach as PageReach, PlannedCall } from './page-approval.ts';
import type { Approval, ApprovalRequest } from './request.ts';
import { isLeastRule } from './rule.ts';

/** How the person behind a call can be reached. */
export interface Reach extends PageReach {
  /** Whether the client can put a form to its person. */
  readonly supportsElicitation: boolean;
}

/** A page of this server on which people decide. */
export type DecisionPage = Pick<PageApproval, 'approve' | 'rule' | 'takesOthers'>;

/** The ways to an approval that a process has. */
export interface ApprovalWays {
  readonly mode: ApprovalMode;
  /** The page on which people decide before any other way; absent where none is set up. */
  readonly page?: DecisionPage | undefined;
  /** The page on which the person decides where the client cannot ask; absent where there is no desktop to show it. */
  readonly fallbackPage?: DecisionPage | undefined;
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
    const { mode, page, fallbackPage, form } = this.#ways;
    const callerId = call.requester.id;
    const required = call.access?.approval;
    const asks = required !== undefined && required.who !== 'none';
    if (mode === 'argument' && !asks) return approveByArgument(request);
    if (required?.who === 'none' && this.#maySkipPerson()) return this.#approveUnasked(request, callerId);
    if (asks && !page?.takesOthers && !isLeastRule(required)) throw withoutOthers();
    const approveOn = async (chosen: DecisionPage): Promise<Approval> => {
      return { approval: 'page', approved_by: await chosen.approve(request, call, reach) };
    };
    if (page) return approveOn(page);
    if (mode === 'page') throw withoutPage();
    if (reach.supportsElicitation) {
      await form.approve(request, { callerId, policy: call.access?.digest, reply: reach.reply });
      return { approval: 'form', approved_by: 'human' };
    }
    if (fallbackPage) return approveOn(fallbackPage);
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

function withoutPage(): CmkError {
  return new CmkError('approval_unavailable', 'This server has no page on which a person can decide.', {
    hint: 'Nothing was deleted or moved. Ask the operator to set the approval page up, or about --approval. Do not retry without new instructions.',
  });
}

function withoutOthers(): CmkError {
  return new CmkError(
    'approval_unavailable',
    'The policy takes an approval on the approval page, and this server has none.',
    {
      hint: 'Nothing was deleted or moved. Ask the operator to set the approval page up over HTTP, or about the policy. Do not retry without new instructions.',
    },
  );
}

/** @throws CmkError that the request names where only a person's approval counts. */
function approveByArgument({ personRequired }: ApprovalRequest): Approval {
  if (personRequired) throw personRequired;
  return { approval: 'argument', approved_by: 'argument' };
}
