import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JSONWebKeySet } from 'jose';
import type { Fetch } from '../../../aiven/fetch/fetch.ts';
import { remember } from '../remember.ts';
import { issuerFailed } from './sign-in-error.ts';

/** Maximum time for a response of the issuer, in milliseconds. */
const ISSUER_MS = 5_000;

/** Minimum time between two requests for keys because a token names an unknown one, in milliseconds. */
const KEYS_COOLDOWN_MS = 1_000;

/** How long discovered metadata is kept, in milliseconds. */
const DISCOVERY_MS = 3_600_000;

/** How long a failure of the issuer is kept, in milliseconds, so that many bad tokens do not cause many requests to it. */
const FAILED_MS = 2_000;

/** Returns the key of a token. */
export type KeySet = ReturnType<typeof createRemoteJWKSet>;

/**
 * Returns a function that resolves with an issuer's keys, discovered by its metadata (OpenID Connect Discovery). They are
 * cached, and fetched again for an unknown key id, so that rotation is followed. It rejects with an OAuthError
 * `server_error` where the issuer fails.
 */
export function createIssuerKeys(issuer: string, fetch: Fetch): () => Promise<KeySet> {
  return remember(async () => createKeySet(await discoverKeysUrl(issuer, fetch), fetch), DISCOVERY_MS, FAILED_MS);
}

async function discoverKeysUrl(issuer: string, fetch: Fetch): Promise<URL> {
  const metadata = await getJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, 'metadata', fetch);
  const { issuer: name, jwks_uri: uri } = (metadata ?? {}) as { issuer?: unknown; jwks_uri?: unknown }; // Of any JSON.
  if (name !== issuer) throw issuerFailed('the issuer’s metadata names another issuer');
  const url = typeof uri === 'string' && URL.canParse(uri) ? new URL(uri) : undefined;
  // The settings accept an issuer over https, or http on loopback, so keys of the same origin are as safe as its metadata.
  if (url?.origin === new URL(issuer).origin && !url.username && !url.password) return url;
  throw issuerFailed(
    'the issuer’s metadata names keys (jwks_uri) that are not at the issuer’s own scheme, host and port',
  );
}

function createKeySet(url: URL, fetch: Fetch): KeySet {
  const load = remember(
    async () => {
      const keys = await getJson(url.href, 'keys', fetch);
      try {
        createLocalJWKSet(keys as JSONWebKeySet); // Throws for anything else.
      } catch {
        throw issuerFailed('the issuer’s keys are no key set');
      }
      return JSON.stringify(keys);
    },
    0,
    FAILED_MS,
  );
  return createRemoteJWKSet(url, {
    cooldownDuration: KEYS_COOLDOWN_MS,
    [customFetch]: async () => new Response(await load()),
  });
}

async function getJson(url: string, what: string, fetch: Fetch): Promise<unknown> {
  try {
    const response = await fetch(new Request(url, { redirect: 'error', signal: AbortSignal.timeout(ISSUER_MS) }));
    if (response.status === 200) return await response.json();
  } catch {
    throw issuerFailed(`the issuer’s ${what} cannot be fetched`);
  }
  throw issuerFailed(`the issuer’s ${what} request did not return 200`);
}
