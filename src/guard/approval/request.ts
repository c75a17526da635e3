import type { CmkError } from '../../core/errors.ts';

/** Whose word a destructive write rests on, as its result says it. */
export type Approval =
  | { readonly approval: 'page'; readonly approved_by: readonly string[] }
  /** As the client relays it. */
  | { readonly approval: 'form'; readonly approved_by: 'human' }
  /** No person was asked. */
  | { readonly approval: 'argument'; readonly approved_by: 'argument' };

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

/** A page to which a client of 2026-07-28 can send its person (URL mode). */
export interface ApprovalLink {
  readonly message: string;
  readonly url: string;
}

/**
 * Thrown by `approve()` if a person must be asked first. The call shows the form to the person, or returns it to the client,
 * and runs the handler again with the reply.
 */
export class FormRequired {
  readonly form: ApprovalForm | ApprovalLink;
  /** What the client sends back with the response. */
  readonly ticket: string;

  constructor(form: ApprovalForm | ApprovalLink, ticket: string) {
    this.form = form;
    this.ticket = ticket;
  }
}
