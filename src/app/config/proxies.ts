import type { Proxies } from '../../aiven/fetch/proxy.ts';
import { type Environment, invalidSetting } from './invalid-setting.ts';

/** The conventional variables for proxies. As with curl, the names in lower case take precedence. */
export const PROXY_VARIABLES = {
  HTTPS_PROXY: 'proxy for https, as http://[USER:PASSWORD@]HOST:PORT; also https_proxy',
  HTTP_PROXY: 'proxy for http, and for https where HTTPS_PROXY is not set; also http_proxy',
  NO_PROXY: 'hosts to reach without a proxy, separated by commas: names, .suffixes, HOST:PORT, or *; also no_proxy',
} as const;

/** Returns the proxies to use, if any. @throws CmkError `invalid_settings`, which does not repeat a password. */
export function readProxies(environment: Environment): Proxies | undefined {
  const https = readProxy(environment, 'HTTPS_PROXY');
  const http = readProxy(environment, 'HTTP_PROXY');
  return https || http ? { https, http, none: either(environment, 'NO_PROXY') ?? '' } : undefined;
}

function readProxy(environment: Environment, name: keyof typeof PROXY_VARIABLES): string | undefined {
  const text = either(environment, name);
  if (!text) return undefined; // By convention, an empty value means no proxy.
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const protocol = URL.canParse(url) && new URL(url).protocol;
  if (protocol === 'http:' || protocol === 'https:') return url;
  throw invalidSetting(
    name,
    'names no proxy that can be used',
    'it takes http://[USER:PASSWORD@]HOST:PORT or https://…',
  );
}

function either(environment: Environment, name: keyof typeof PROXY_VARIABLES): string | undefined {
  return environment[name.toLowerCase()] ?? environment[name];
}
