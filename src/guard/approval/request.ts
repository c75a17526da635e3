import type { CmkError } from '../../core/errors.ts';

/** Who approved a destructive write: a person, or the caller by the repeated id in the arguments. */
export type ApprovedBy = 'human' | 'argument';

/** A write that a person is asked to approve. */
export interface ApprovalRequest {
  /** One sentence that states the effect. */
  readonly summary: string;
  readonly project: string;
  /** Id or name of the object to change; the person must type it to approve. */
  readonly target: string;
  /** Type of `target`. */
  readonly targetType: 'CMK' | 'service';
  /** Facts for the decision, by label; values may be text from the API. */
  readonly details: Readonly<Record<string, string>>;
  /** If set, only a person can approve; thrown where nobody is asked. */
  readonly personRequired?: CmkError;
}

/** A form to show to a person: a text and one field, in which the person types the target. */
export interface ApprovalForm {
  readonly message: string;
  readonly field: { readonly name: string; readonly title: string; readonly description: string };
}

/** A person's response to a form, as the client relays it, unchecked. */
export interface FormResponse {
  readonly action: unknown;
  readonly content?: unknown;
}

/** A response with the ticket of its form. */
export interface Reply {
  /** The value that the client sent as the ticket, unchecked. */
  readonly ticket: unknown;
  /** Undefined where the client sent none. */
  readonly response: FormResponse | undefined;
}

/**
 * Thrown by `approve()` if a person must be asked first. The call shows the form to the person, or returns it to the client,
 * and runs the handler again with the reply.
 */
export class FormRequired {
  readonly form: ApprovalForm;
  readonly ticket: string;

  constructor(form: ApprovalForm, ticket: string) {
    this.form = form;
    this.ticket = ticket;
  }
}
