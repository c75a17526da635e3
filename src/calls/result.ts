import type { Secret } from '../core/secret.ts';
import type { ApprovalForm } from '../guard/approval/request.ts';

/** How a call ends: with a payload, or with a form that a person has to fill in before the client calls again. */
export type CallResult =
  | {
      readonly kind: 'payload';
      readonly payload: Record<string, unknown>;
      /** The same payload as JSON: some hosts show the model only the text, some only the structured content. */
      readonly text: string;
      readonly isError: boolean;
    }
  | { readonly kind: 'form'; readonly form: ApprovalForm; readonly ticket: string };

/** A payload without the token, as object and as JSON. */
export function toResult(payload: object, token: Secret, isError = false): CallResult {
  const json = JSON.stringify(payload);
  const text = token.redact(json);
  return { kind: 'payload', payload: text === json ? { ...payload } : JSON.parse(text), text, isError };
}
