import { type Dispatcher, EnvHttpProxyAgent, fetch } from 'undici';
import type { Fetch } from './node.ts';

/** Proxies between this machine and the outside, as URLs that may hold a password. */
export interface Proxies {
  readonly https: string | undefined;
  readonly http: string | undefined;
  /** Hosts that are reached without them, separated by commas. */
  readonly none: string;
}

/**
 * A `fetch` through proxies, each connection a tunnel (CONNECT, RFC 9110, 9.3.6), so that no proxy sees what https sends. It
 * is undici's own, with its own dispatcher: those inside Node differ from one Node to the next.
 */
export function createProxyFetch({ https, http, none }: Proxies): Fetch {
  const agent = quietly(
    () => new EnvHttpProxyAgent({ httpsProxy: https ?? http ?? '', httpProxy: http ?? '', noProxy: none }),
  );
  return async (request) => {
    const { method, url, redirect, signal } = request;
    const answer = await fetch(url, {
      method,
      redirect,
      signal,
      headers: [...request.headers],
      body: request.body ? await request.text() : null,
      dispatcher: once(agent) as Dispatcher, // Of which `fetch` calls this method only.
    }).catch((error: unknown) => {
      throw refusalOf(error) ?? error;
    });
    return answer as unknown as Response; // The same standard's class, from another module.
  };
}

/**
 * A dispatcher for one request. By itself `fetch` sends a request a second time when it is answered 421 (Fetch standard,
 * "HTTP-network-or-cache fetch"). A write must not be, so the second time fails as a broken connection does.
 */
function once(agent: Dispatcher): Pick<Dispatcher, 'dispatch'> {
  let sent = false;
  return {
    dispatch(options, handler) {
      if (sent) throw Object.assign(new Error('The answer asks to send the request again.'), { code: 'HTTP_421' });
      sent = true;
      return agent.dispatch(options, handler);
    },
  };
}

/** Where a proxy would not open a tunnel, that, in place of undici's error, which looks like a connection that broke. */
function refusalOf(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  const [, status] = /^Proxy response \((\d+)\)/.exec(error.message) ?? [];
  return status ? Object.assign(new Error('The proxy refused.'), { code: `PROXY_${status}` }) : refusalOf(error.cause);
}

/** The library warns on standard error that a minor release of it might change this class; ours is pinned. */
function quietly<T>(make: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return make();
  } finally {
    process.emitWarning = emitWarning;
  }
}
