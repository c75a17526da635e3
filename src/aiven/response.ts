import type * as z from 'zod';
import { CmkError, type ErrorCode, type Missing } from '../core/errors.ts';
import { sanitize } from '../core/sanitize.ts';
import { ErrorResponse } from './schemas.ts';

/** Maximum depth of nesting in a response. */
const DEPTH_MAX = 64;

/**
 * Returns the body of a response as JSON. It is checked against its schema, and returned unchanged.
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
  if (checked.success) return body as z.output<T>; // Checked above; zod's own output is a changed copy.
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

/** Returns the failure for a status other than 2xx, with the API's message and the wait that it requests. */
export function toFailure(request: string, status: number, text: string, waitMs?: number): CmkError {
  const apiMessage = errorMessage(text);
  // After a redirect, a time-out or a fault of the API it is unknown whether a write was carried out.
  const ambiguous = status < 400 || status === 408 || status >= 500;
  const missing = status === 404 ? missingObject(apiMessage) : undefined;
  const details = { httpStatus: status, ambiguous, apiMessage, retryAfterMs: waitMs, missing };
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

/** How the API's messages begin that say what does not exist. */
const OBJECTS: Readonly<Record<Missing, RegExp>> = {
  project: /^(?:the )?project\b/i,
  cmk: /^(?:the )?(?:cmk|customer managed key)\b(?!.*project)/i,
  service: /^(?:the )?service\b(?!.*project)/i,
};

/** Returns what a message of the API says does not exist; undefined for a message that does not say it. */
function missingObject(apiMessage = ''): Missing | undefined {
  if (!/not exist|not found|no longer exists/i.test(apiMessage)) return undefined;
  return (['project', 'cmk', 'service'] as const).find((name) => OBJECTS[name].test(apiMessage));
}

/**
 * Whether a failure is the API's own statement that a key does not exist. The 404 of a gateway, of an unknown path or of
 * the project is not: if the message does not name the key, the key may still exist.
 */
export function isKeyNotFound(error: unknown): error is CmkError {
  return error instanceof CmkError && error.httpStatus === 404 && error.missing === 'cmk';
}

/** Returns the messages of a body in the API's error form as one line; undefined for a body of another form. */
function errorMessage(text: string): string | undefined {
  const { message, errors = [] } = ErrorResponse.safeParse(parseJson(text)).data ?? {};
  const messages = new Set([message, ...errors].filter((entry) => entry !== undefined && entry !== ''));
  return messages.size > 0 ? sanitize([...messages].join('; ')) : undefined;
}

/** Whether JSON is nested more deeply than any response of the API, so that parsers of the result may fail. */
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

/** Parses JSON without `__proto__` members, which the API does not use and which a client might assign to an object. */
function parseJson(text: string): unknown {
  try {
    if (!/__proto__|\\u/.test(text)) return JSON.parse(text);
    return JSON.parse(text, (key, value) => (key === '__proto__' ? undefined : value));
  } catch {
    return undefined;
  }
}
