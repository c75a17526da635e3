import type * as z from 'zod';
import { CmkError, type ErrorCode } from '../core/errors.ts';
import { sanitize } from '../core/sanitize.ts';
import { RESPONSE_MAX } from './fetch/node.ts';
import { ErrorResponse } from './schemas.ts';

/** How deeply an answer may be nested. */
const DEPTH_MAX = 64;

/**
 * The whole body as text, read piece by piece and dropped once it is too large; in one go where a length that is not is
 * declared, which Node holds it to. @throws CmkError `unexpected_response` over 4 MiB; whatever the connection throws otherwise.
 */
export async function readText(response: Response): Promise<string> {
  const { headers } = response;
  if (Number(headers.get('content-length') ?? Number.NaN) <= RESPONSE_MAX && !headers.has('content-encoding')) {
    return response.text();
  }
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.byteLength;
    if (size > RESPONSE_MAX) {
      const message = `Aiven’s answer is over ${RESPONSE_MAX} bytes long and was not read.`;
      throw new CmkError('unexpected_response', message, { httpStatus: response.status, ambiguous: true });
    }
    pieces.push(piece);
  }
  return new TextDecoder().decode(Buffer.concat(pieces));
}

/**
 * The answer to a request, checked against its schema but returned as it came.
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

/** The failure that a status other than 2xx stands for, with what the API said of it and how long it asks to wait. */
export function toFailure(request: string, status: number, text: string, waitMs?: number): CmkError {
  // A redirect, a time-out and a fault on the API's side all leave open whether a write was carried out.
  const details = { httpStatus: status, ambiguous: status < 400 || status === 408 || status >= 500 };
  if (status < 400) {
    const message = `Aiven answered ${status} to ${request}, a redirect, which is not followed.`;
    return new CmkError('unexpected_response', message, details);
  }
  const code = STATUS_CODES[status] ?? (status < 500 ? 'bad_request' : 'api_error');
  const said = errorMessage(text);
  const wait = waitMs === undefined ? '' : ` It asks to wait ${Math.ceil(waitMs / 1_000)} s.`;
  const what = said === '' ? '' : `: ${said}`;
  const end = /[.!?…]$/.test(what) ? '' : '.';
  return new CmkError(code, `Aiven answered ${status} to ${request}${what}${end}${wait}`, details);
}

/** What an error body says, as one line: its messages, or the body itself where it has none. */
function errorMessage(text: string): string {
  const { message, errors = [] } = ErrorResponse.safeParse(parseJson(text)).data ?? {};
  const messages = new Set([message, ...errors].filter((entry) => entry !== undefined && entry !== ''));
  return sanitize(messages.size > 0 ? [...messages].join('; ') : text);
}

/** Whether JSON is nested more deeply than any answer of the API, and so deeply that readers of the result may fail. */
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
