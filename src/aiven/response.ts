import type * as z from 'zod';
import { CmkError, type ErrorCode } from '../core/errors.ts';
import { sanitize } from '../core/sanitize.ts';
import { ErrorResponse } from './schemas.ts';

/** Maximum depth of nesting in a response. */
const DEPTH_MAX = 64;

/**
 * Returns the body of a response as JSON, checked against its schema but as it came.
 * @throws CmkError `unexpected_response` with an excerpt for anything but JSON of that shape.
 */
export function parseResponse<T extends z.ZodType>(
  request: string,
  status: number,
  text: string,
  schema: T,
): z.output<T> {
  const body = isDeep(text) ? undefined : parseJson(text);
  const checked = schema.safeParse(body);
  if (checked.success) return body as z.output<T>; // Checked just above; the copy zod made is not the API's own object.
  const fault = text.trim() === '' ? 'nothing' : body === undefined ? 'no JSON' : 'JSON of another shape';
  const excerpt = text.trim() === '' ? '' : ` It begins: ${sanitize(text)}`;
  const message = `Aiven answered ${status} to ${request} with ${fault}.${excerpt}`;
  throw new CmkError('unexpected_response', message, { httpStatus: status, ambiguous: true });
}

const STATUS_CODES: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  408: 'api_timeout',
  409: 'conflict',
  417: 'pending',
  429: 'rate_limited',
};

/** Returns the failure that a status other than 2xx stands for, with what the API says and how long it asks to wait. */
export function toFailure(request: string, status: number, text: string, waitMs?: number): CmkError {
  const apiMessage = errorMessage(text);
  // A redirect, a time-out and a fault on the API's side all leave open whether a write was carried out.
  const ambiguous = status < 400 || status === 408 || status >= 500;
  const details = { httpStatus: status, ambiguous, apiMessage, retryAfterMs: waitMs };
  if (status < 400) {
    const message = `Aiven answered ${status} to ${request}, a redirect, which is not followed.`;
    return new CmkError('unexpected_response', message, details);
  }
  const code = STATUS_CODES[status] ?? (status < 500 ? 'bad_request' : 'api_error');
  const said = apiMessage ?? sanitize(text);
  const wait = waitMs === undefined ? '' : ` It asks to wait ${Math.ceil(waitMs / 1_000)} s.`;
  const what = said === '' ? '' : `: ${said}`;
  const end = /[.!?…]$/.test(what) ? '' : '.';
  return new CmkError(code, `Aiven answered ${status} to ${request}${what}${end}${wait}`, details);
}

/**
 * Whether a failure is the API's own statement that a key does not exist. The 404 of a gateway, of an unknown path and of
 * the project are not: where the message leaves it open, the key may still be there.
 */
export function isKeyNotFound(error: unknown): error is CmkError {
  if (!(error instanceof CmkError) || error.httpStatus !== 404) return false;
  const { apiMessage = '' } = error;
  return (
    /^(?:the )?(?:cmk|customer managed key)\b.*(?:not exist|not found|no longer exists)/i.test(apiMessage) &&
    !/project/i.test(apiMessage)
  );
}

/** Returns the messages of a body in the API's error form as one line; undefined for a body of another form. */
function errorMessage(text: string): string | undefined {
  const { message, errors = [] } = ErrorResponse.safeParse(parseJson(text)).data ?? {};
  const messages = new Set([message, ...errors].filter((entry) => entry !== undefined && entry !== ''));
  return messages.size > 0 ? sanitize([...messages].join('; ')) : undefined;
}

/** Whether JSON is nested more deeply than any response of the API, and so deeply that readers of the result may fail. */
function isDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted && character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '{' || character === '[')) depth += 1;
    else if (!quoted && (character === '}' || character === ']')) depth -= 1;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}

/** JSON without `__proto__` members, which no API needs and which some reader of the result might assign. */
function parseJson(text: string): unknown {
  try {
    if (!/__proto__|\\u/.test(text)) return JSON.parse(text);
    return JSON.parse(text, (key, value) => (key === '__proto__' ? undefined : value));
  } catch {
    return undefined;
  }
}
