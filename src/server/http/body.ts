import { readRequestBody } from '@modelcontextprotocol/server';
import { PARSE_ERROR, refuse } from './responses.ts';

/** Returns the JSON value of a request's body, at most `limit` bytes long, or the response that refuses it. */
export async function readJson(request: Request, limit: number): Promise<{ value: unknown } | Response> {
  const text = await readText(request, limit);
  if (text === undefined) return refuse(413, `A request takes at most ${limit} bytes.`);
  try {
    return { value: JSON.parse(text) };
  } catch {
    return refuse(400, 'The request is no JSON.', { code: PARSE_ERROR });
  }
}

/** Node holds a body to its declared length; one within the limit is read at once, which costs less than a stream. */
async function readText(request: Request, limit: number): Promise<string | undefined> {
  const declared = Number(request.headers.get('content-length') ?? Number.NaN);
  if (declared <= limit) return request.text();
  const body = await readRequestBody(request, limit);
  return body.tooLarge ? undefined : body.text;
}
