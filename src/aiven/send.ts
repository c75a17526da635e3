/** What carries a request; the standard's `fetch`, less its other ways to be called. */
export type Fetch = (request: Request) => Promise<Response>;

/** What undici, the HTTP client inside Node, takes and gives; only what is used here. */
interface Dispatcher {
  dispatch(options: object, handler: object): boolean;
}

/** Where Node's own fetch finds the dispatcher it uses. */
const GLOBAL_DISPATCHER = Symbol.for('undici.globalDispatcher.1');

/**
 * Node's `fetch`, held to one send of a write. Reads go without the guard, so that they do not depend on Node's insides.
 */
export function sendOnce(request: Request): Promise<Response> {
  if (request.method === 'GET') return fetch(request);
  const { [GLOBAL_DISPATCHER]: own } = globalThis as unknown as Record<symbol, Dispatcher>;
  if (!own) throw new Error('This Node.js has no dispatcher for fetch.');
  return fetch(request, { dispatcher: once(own) } as RequestInit); // Node's addition to the standard's options.
}

/**
 * A dispatcher for one request. By itself `fetch` sends a request a second time when it is answered 421 (Fetch standard,
 * "HTTP-network-or-cache fetch"). A write must not be, so the second time fails as a broken connection does.
 */
export function once(own: Dispatcher): Dispatcher {
  let sent = false;
  return {
    dispatch(options, handler) {
      if (sent) throw Object.assign(new Error('The answer asks to send the request again.'), { code: 'HTTP_421' });
      sent = true;
      return own.dispatch(options, handler);
    },
  };
}
