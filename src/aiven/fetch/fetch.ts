import { CmkError } from '../../core/errors.ts';
import { WholeResponse } from './whole-response.ts';

/**
 * Sends a request once and follows no redirect: the standard's `fetch`, restricted to a `Request`. `cancelled` aborts it as well
 * as the request's own signal; to join the two by `AbortSignal.any` would take 5 to 7 % of the processor time of a call.
 * Resolves with a whole response, whose body is in memory and at most `RESPONSE_MAX` long.
 * @throws RequestError where there is no whole response; CmkError `unexpected_response` for one that is too large.
 */
export type Fetch = (request: Request, cancelled?: AbortSignal) => Promise<Response>;

/** Maximum length of a response's body, in bytes; a project's whole key list is much smaller. */
export const RESPONSE_MAX = 4 * 1024 * 1024;

/**
 * Reads a body to its end and returns the whole response, without the headers that were received more than once.
 * @throws CmkError `unexpected_response` for a body over `RESPONSE_MAX`, which is not read further, and for a status
 * outside 200 to 599; otherwise the error of the connection.
 */
export async function toResponse(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: AsyncIterable<Uint8Array>,
): Promise<Response> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.byteLength;
    if (size > RESPONSE_MAX) throw unexpected(status, `a response over ${RESPONSE_MAX} bytes long, which was not read`);
    pieces.push(piece);
  }
  if (status < 200 || status > 599) throw unexpected(status, 'which is no HTTP status');
  const single = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  );
  return new WholeResponse(Buffer.concat(pieces), { status, headers: single });
}

function unexpected(status: number, what: string): CmkError {
  const details = { httpStatus: status, ambiguous: true };
  return new CmkError('unexpected_response', `Aiven answered ${status}, ${what}.`, details);
}
