import { readRequestBody } from '@modelcontextprotocol/server';
import { errorResponse, PARSE_ERROR } from './responses.ts';

/** Returns the JSON value of a request's body, at most `limit` bytes long, or the error response. */
export async function readJson(request: Request, limit: number): Promise<{ value: unknown } | Response> {
  const text = await readText(request, limit);
  if (text === undefined) return errorResponse(413, `A request may have at most ${limit} bytes.`);
  try {
    return { value: JSON.parse(text) };
  } catch {
    return errorResponse(400, 'The request is not JSON.', { code: PARSE_ERROR });
  }
}

/** Reads a body. Node enforces a declared length, so one within the limit is read at once, which is faster than a stream. */
async function readText(request: Request, limit: number): Promise<string | undefined> {
  const declared = Number(request.headers.get('content-length') ?? Number.NaN);
  if (declared <= limit) return request.text();
  const body = await readRequestBody(request, limit);
  return body.tooLarge ? undefined : body.text;
}
