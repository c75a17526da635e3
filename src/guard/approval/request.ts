import type { CmkError } from '../../core/errors.ts';

/** Whose word a destructive write rests on. */
export type ApprovedBy = 'human' | 'argument';

/** What a person is asked to approve. */
export interface ApprovalRequest {
  /** One sentence that says what will happen. */
  readonly summary: string;
  readonly project: string;
  /** What is changed, and what the person must type to approve it. */
  readonly target: string;
  /** What `target` is. */
  readonly targetType: 'CMK' | 'service';
  /** What the decision rests on, by label; values may be text of the API. */
  readonly details: Readonly<Record<string, string>>;
  /** Thrown where nobody is asked; where set, only a person's approval counts. */
  readonly personRequired?: CmkError;
}

/** A form to be put to a person: a text and one field, in which the person types the target. */
export interface ApprovalForm {
  readonly message: string;
  readonly field: { readonly name: string; readonly title: string; readonly description: string };
}

/** What came back of a form, as a client relays it. */
export interface FormResponse {
  readonly action: unknown;
  readonly content?: unknown;
}

/** A response together with the ticket of the form that it belongs to. */
export interface Reply {
  /** As the server issued it, or whatever the client made of it. */
  readonly ticket: unknown;
  /** Absent where the client sent none. */
  readonly response: FormResponse | undefined;
}

/**
 * Thrown by `approve()` where a person has to be asked first. The call puts the form to the person, or returns it to the
 * client, and runs the handler again with the reply.
 */
export class FormRequired {
  readonly form: ApprovalForm;
  readonly ticket: string;

  constructor(form: ApprovalForm, ticket: string) {
    this.form = form;
    this.ticket = ticket;
  }
}
