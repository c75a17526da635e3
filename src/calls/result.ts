import type { Secret } from '../core/secret.ts';
import type { ApprovalForm, ApprovalLink } from '../guard/approval/request.ts';

/** The result of a call: a payload, or a form that a person must fill in before the client calls again. */
export type CallResult =
  | {
      readonly kind: 'payload';
      readonly payload: Record<string, unknown>;
      /** The same payload as JSON: some hosts show the model only the text, some only the structured content. */
      readonly text: string;
      readonly isError: boolean;
    }
  | { readonly kind: 'form'; readonly form: ApprovalForm | ApprovalLink; readonly ticket: string };

/** Returns a payload as object and as JSON, with the token redacted. */
export function toResult(payload: object, token: Secret, isError = false): CallResult {
  const json = JSON.stringify(payload);
  const text = token.redact(json);
  return { kind: 'payload', payload: text === json ? { ...payload } : JSON.parse(text), text, isError };
}
