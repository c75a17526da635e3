import { cutToSize, describeCuts } from '../core/json-size.ts';
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

/** Size that is left for the warning about a cut, in bytes. */
const WARNING_MAX = 2_000;

/**
 * Returns a payload as object and as JSON, with the token redacted. The tools return at most `max` bytes of JSON; where the API
 * sent more than a tool expects, such as a long text in a field of a key, it is cut, and a warning says what.
 */
export function toResult(
  payload: object,
  token: Secret,
  { max, isError = false }: { readonly max: number; readonly isError?: boolean },
): CallResult {
  const json = JSON.stringify(payload);
  const text = token.redact(json);
  if (Buffer.byteLength(text) > max) return cutResult(JSON.parse(text), max, isError);
  return { kind: 'payload', payload: text === json ? { ...payload } : JSON.parse(text), text, isError };
}

function cutResult(whole: Record<string, unknown>, max: number, isError: boolean): CallResult {
  const { value, cuts } = cutToSize(whole, max - WARNING_MAX);
  const { warnings = [] } = value;
  const before = Array.isArray(warnings) ? warnings : [warnings];
  const payload = { ...value, warnings: [...before, ...describeCuts('The response', cuts)] };
  return { kind: 'payload', payload, text: JSON.stringify(payload), isError };
}
