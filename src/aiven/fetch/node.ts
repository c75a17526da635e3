import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as startHttp } from 'node:http';
import { Agent as HttpsAgent, request as startHttps } from 'node:https';
import { CmkError } from '../../core/errors.ts';
import { type Fetch, toResponse } from './fetch.ts';
import { RequestError } from './request-error.ts';

/** Maximum time to make a connection, in milliseconds. */
const CONNECT_MS = 10_000;

/**
 * Creates a `Fetch` on Node's own HTTP client, with persistent connections and without compression. Node's `fetch` repeats
 * a request when the response is 421 (Fetch standard, "HTTP-network-or-cache fetch"), which must not happen to a write.
 * This one sends once, and takes half the processor time.
 */
export function createNodeFetch(): Fetch {
  const secure = { start: startHttps, agent: new HttpsAgent({ keepAlive: true }), connected: 'secureConnect' } as const;
  const plain = { start: startHttp, agent: new HttpAgent({ keepAlive: true }), connected: 'connect' } as const;
  return async (request, cancelled) => {
    const { method, url, signal } = request;
    const { start, agent, connected } = url.startsWith('https:') ? secure : plain;
    const body = request.body ? await request.text() : '';
    const headers = Object.fromEntries(request.headers);
    if (body !== '') headers['content-length'] = String(Buffer.byteLength(body));
    const outgoing = start(url, { method, headers, agent });
    const stopWatching = watchSignals(outgoing, cancelled ? [signal, cancelled] : [signal]);
    let sent = false;
    watchConnection(outgoing, connected, () => {
      sent = true;
    });
    try {
      const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.on('response', resolve).on('error', reject).end(body);
      });
      return await toResponse(incoming.statusCode ?? 0, incoming.headers, incoming);
    } catch (error) {
      throw error instanceof CmkError ? error : new RequestError(error, sent);
    } finally {
      stopWatching();
    }
  };
}

/** Ends the request when one of the signals is aborted, until the function it returns is called. */
function watchSignals(outgoing: ClientRequest, signals: readonly AbortSignal[]): () => void {
  const end = () => void outgoing.destroy(Object.assign(new Error('The request was aborted.'), { code: 'ABORT_ERR' }));
  for (const signal of signals) signal.addEventListener('abort', end);
  if (signals.some(({ aborted }) => aborted)) end();
  return () => {
    for (const signal of signals) signal.removeEventListener('abort', end);
  };
}

/** Calls `onConnected` when the request has a connection; ends the request if it has none within `CONNECT_MS`. */
function watchConnection(
  outgoing: ClientRequest,
  connected: 'connect' | 'secureConnect',
  onConnected: () => void,
): void {
  outgoing.once('socket', (socket) => {
    if (outgoing.reusedSocket) return onConnected();
    const end = () =>
      outgoing.destroy(Object.assign(new Error('No connection was made.'), { code: 'CONNECT_TIMEOUT' }));
    const timer = setTimeout(end, CONNECT_MS);
    socket.once(connected, onConnected);
    for (const event of [connected, 'close']) socket.once(event, () => clearTimeout(timer));
  });
}
