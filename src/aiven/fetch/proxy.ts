import { type Dispatcher, EnvHttpProxyAgent, errors, Pool, type ProxyAgent } from 'undici';
import { CmkError } from '../../core/errors.ts';
import { type Fetch, toResponse } from './fetch.ts';
import { RequestError } from './request-error.ts';

/** Proxies for requests to other machines, as URLs that may hold a password. */
export interface Proxies {
  readonly https: string | undefined;
  readonly http: string | undefined;
  /** Hosts that are reached without a proxy, separated by commas. */
  readonly none: string;
}

/**
 * Creates a `Fetch` that connects through proxies, by a tunnel each (CONNECT, RFC 9110, 9.3.6), so that no proxy can read
 * https requests. It uses undici's `request`, which, unlike `fetch`, never repeats a request.
 */
export function createProxyFetch({ https, http, none }: Proxies): Fetch {
  // Passed on to the agent of each proxy, which the types of this one do not say.
  const tunnels: Pick<ProxyAgent.Options, 'clientFactory'> = {
    clientFactory: (origin, options) => new ProxyPool(origin, options),
  };
  const agent = withoutWarning(
    () =>
      new EnvHttpProxyAgent({
        httpsProxy: https ?? http ?? '',
        httpProxy: http ?? '',
        noProxy: none,
        ...tunnels,
      }),
  );
  return async (request, cancelled) => {
    const { method, url } = request;
    const signal = cancelled ? AbortSignal.any([request.signal, cancelled]) : request.signal;
    const { origin, pathname, search } = new URL(url);
    const body = request.body ? await request.text() : null;
    const headers = Object.fromEntries(request.headers);
    let sent = false;
    const watched = agent.compose((dispatch) => (options, handler) => {
      const connected = handler.onConnect?.bind(handler);
      // Called when the connection is ready, tunnel and TLS included, before the request is written to it.
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
      throw error instanceof CmkError ? error : new RequestError(error, sent, proxyCodeOf(error));
    }
  };
}

/**
 * The connections to a proxy. Where the proxy closes one without a response, undici takes that for a connection that broke and
 * tries again at once, without end; with another error it fails the request.
 */
class ProxyPool extends Pool {
  override connect(options: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData>;
  override connect(
    options: Dispatcher.ConnectOptions,
    callback: (error: Error | null, data: Dispatcher.ConnectData) => void,
  ): void;
  override connect(
    options: Dispatcher.ConnectOptions,
    callback?: (error: Error | null, data: Dispatcher.ConnectData) => void,
  ): Promise<Dispatcher.ConnectData> | undefined {
    if (callback) {
      super.connect(options, callback);
      return undefined;
    }
    return super.connect(options).catch((cause: unknown) => {
      if (!(cause instanceof errors.SocketError)) throw cause;
      throw Object.assign(new Error('The proxy opened no tunnel.', { cause }), { code: 'PROXY_CLOSED' });
    });
  }
}

/** Settles as `exchange` does, but rejects at once when `signal` aborts: undici rejects only when it is connected. */
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

/** Returns a code for a proxy that refused the tunnel; undici's own code is that of an aborted request. */
function proxyCodeOf(error: unknown): string | undefined {
  const [, status] = /^Proxy response \((\d+)\)/.exec(error instanceof Error ? error.message : '') ?? [];
  return status && `PROXY_${status}`;
}

/** Suppresses undici's warning that a minor release might change this class: the version here is pinned. */
function withoutWarning<T>(make: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return make();
  } finally {
    process.emitWarning = emitWarning;
  }
}
