import { type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { CmkError } from '../../core/errors.ts';
import { type Fetch, RequestError, toResponse } from './fetch.ts';

/** Proxies between this machine and the outside, as URLs that may hold a password. */
export interface Proxies {
  readonly https: string | undefined;
  readonly http: string | undefined;
  /** Hosts that are reached without them, separated by commas. */
  readonly none: string;
}

/**
 * Creates a carrier through proxies, each connection a tunnel (CONNECT, RFC 9110, 9.3.6), so that no proxy sees what https
 * sends. It is undici's `request`, which, unlike a `fetch`, sends once whatever the response.
 */
export function createProxyFetch({ https, http, none }: Proxies): Fetch {
  const agent = withoutWarning(
    () => new EnvHttpProxyAgent({ httpsProxy: https ?? http ?? '', httpProxy: http ?? '', noProxy: none }),
  );
  return async (request) => {
    const { method, url, signal } = request;
    const { origin, pathname, search } = new URL(url);
    const body = request.body ? await request.text() : null;
    const headers = Object.fromEntries(request.headers);
    let sent = false;
    const watched = agent.compose((dispatch) => (options, handler) => {
      const connected = handler.onConnect?.bind(handler);
      // Called once the connection is there, tunnel and TLS included, before the request is written to it.
      handler.onConnect = (abort) => {
        sent = !signal.aborted;
        connected?.(abort);
      };
      return dispatch(options, handler);
    });
    try {
      signal.throwIfAborted();
      const exchange = watched
        .request({ origin, path: pathname + search, method: method as Dispatcher.HttpMethod, headers, body, signal })
        .then((response) => toResponse(response.statusCode, response.headers, response.body));
      return await unlessAborted(signal, exchange);
    } catch (error) {
      throw error instanceof CmkError ? error : new RequestError(error, sent, refusalOf(error));
    }
  };
}

/** Resolves as `exchange` does, but rejects at once when `signal` aborts: undici does so only once it is connected. */
async function unlessAborted<T>(signal: AbortSignal, exchange: Promise<T>): Promise<T> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([exchange, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Returns a code for a proxy that would not open a tunnel, in place of undici's, which says that a request was aborted. */
function refusalOf(error: unknown): string | undefined {
  const [, status] = /^Proxy response \((\d+)\)/.exec(error instanceof Error ? error.message : '') ?? [];
  return status && `PROXY_${status}`;
}

/** The library warns on standard error that a minor release of it might change this class; ours is pinned. */
function withoutWarning<T>(make: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return make();
  } finally {
    process.emitWarning = emitWarning;
  }
}
