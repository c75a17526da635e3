import { Agent as HttpAgent, type IncomingMessage, request as startHttp } from 'node:http';
import { Agent as HttpsAgent, request as startHttps } from 'node:https';
import { CmkError } from '../../core/errors.ts';

/** What carries a request; the standard's `fetch`, less its other ways to be called. */
export type Fetch = (request: Request) => Promise<Response>;

/** The largest answer that is read, in bytes; a project's whole key list is far below. */
export const RESPONSE_MAX = 4 * 1024 * 1024;

/** How long a connection may take to be made, in milliseconds. */
const CONNECT_MS = 10_000;

/** The code of a connection that was not made in time, so that nothing can have been sent. */
export const NOT_CONNECTED = 'CONNECT_TIMEOUT';

/** Statuses whose answers have no body (Fetch standard, "null body status"). */
const BODILESS = [204, 205, 304];

/**
 * A `fetch` on Node's own HTTP client, with connections that are kept. The `fetch` of Node sends a request a second time by
 * itself when it is answered 421 (Fetch standard, "HTTP-network-or-cache fetch"), which a write must not be; this one sends
 * once, and takes half the processor time. It follows no redirect, asks for no compression and reads at most 4 MiB.
 */
export function createNodeFetch(): Fetch {
  const secure = { start: startHttps, agent: new HttpsAgent({ keepAlive: true }) };
  const plain = { start: startHttp, agent: new HttpAgent({ keepAlive: true }) };
  return async (request) => {
    const { method, url, signal } = request;
    const { start, agent } = url.startsWith('https:') ? secure : plain;
    const body = request.body ? await request.text() : '';
    const headers = Object.fromEntries(request.headers);
    if (body !== '') headers['content-length'] = String(Buffer.byteLength(body));
    return new Promise((resolve, reject) => {
      const sent = start(url, { method, headers, agent, signal }, (answer) => read(answer, resolve, reject));
      sent.on('error', reject).once('socket', (socket) => {
        if (!socket.connecting) return;
        const late = () => sent.destroy(Object.assign(new Error('No connection was made.'), { code: NOT_CONNECTED }));
        const timer = setTimeout(late, CONNECT_MS);
        socket.once('connect', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
      });
      sent.end(body);
    });
  };
}

function read(answer: IncomingMessage, resolve: (response: Response) => void, reject: (error: unknown) => void): void {
  const pieces: Buffer[] = [];
  let size = 0;
  const done = () => {
    try {
      resolve(toResponse(answer, pieces));
    } catch (error) {
      reject(error);
    }
  };
  answer.on('error', reject).on('end', done);
  answer.on('data', (piece: Buffer) => {
    pieces.push(piece);
    size += piece.length;
    if (size <= RESPONSE_MAX) return;
    answer.off('end', done).destroy();
    done(); // Who reads the answer finds it too large.
  });
}

function toResponse({ statusCode: status = 0, headers }: IncomingMessage, pieces: readonly Buffer[]): Response {
  requireStatus(status);
  const single = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  );
  return new Response(BODILESS.includes(status) ? null : Buffer.concat(pieces), { status, headers: single });
}

/** @throws CmkError `unexpected_response` for what is no status of a final answer. */
export function requireStatus(status: number): void {
  if (status >= 200 && status <= 599) return;
  const message = `Aiven answered ${status}, which is no HTTP status.`;
  throw new CmkError('unexpected_response', message, { httpStatus: status, ambiguous: true });
}
