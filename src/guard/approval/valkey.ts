import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Redis, RedisOptions } from 'iovalkey';
import { CmkError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';

/** A connection to Valkey or Redis. Reconnects by itself; `disconnect()` ends it. */
export type ValkeyClient = Redis;

/** Maximum time to connect, and maximum time of one command, in milliseconds. */
const TIMEOUT_MS = 1_000;

/** Maximum pause between two attempts to connect, in milliseconds. */
const PAUSE_MAX_MS = 2_000;

const ACCEPTED =
  'redis://HOST:PORT/DATABASE or rediss://HOST:PORT/DATABASE, with USER:PASSWORD@ where the store asks for it';

/**
 * Connects to Valkey or Redis. Resolves when the store answers, fails or does not answer for a second: a store that is away
 * stops no start, and the client goes on trying to reach it. While it is away each command fails at once.
 * @param log Takes one line when the store is lost and one when it is reached again; never the URL.
 * @throws CmkError `invalid_settings`.
 */
export async function connectValkey(url: Secret, log: (line: string) => void): Promise<ValkeyClient> {
  const address = parseStoreUrl(url);
  const { Redis } = await import('iovalkey');
  const client = new Redis({
    ...address,
    connectionName: 'aiven-cmk-mcp',
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    // A connection that a network dropped without a word is given up, instead of minutes later by the kernel.
    socketTimeout: 2 * TIMEOUT_MS,
    keepAlive: 30_000,
    // A command that failed for its caller must not be carried out later.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // Spread, so that the replicas of a deployment do not come back all at once.
    retryStrategy: (attempt) => Math.min(attempt * 100, PAUSE_MAX_MS) * (0.5 + Math.random() / 2),
  });
  let away = false;
  const lost = (reason: string) => {
    if (!away) log(`the approval store cannot be reached (${reason}); trying again`);
    away = true;
  };
  client.on('error', (error: unknown) => lost(describeFailure(error)));
  client.on('reconnecting', () => lost('connection closed'));
  client.on('ready', () => {
    if (away) log('the approval store can be reached again');
    away = false;
  });
  await once(client, 'ready', { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => {}); // Logged above.
  return client;
}

/**
 * Returns the address in a store's URL.
 * @throws CmkError `invalid_settings`, whose message does not repeat the URL.
 */
export function parseStoreUrl(url: Secret): RedisOptions {
  const { protocol, hostname, port, username, password, pathname, search, hash } = readUrl(url);
  const database = /^(?:\/(\d{1,5})?)?$/.exec(pathname);
  if (!['redis:', 'rediss:'].includes(protocol) || hostname === '' || !database || search || hash) throw invalidUrl();
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || 6379),
    db: Number(database[1] ?? 0),
    // As the system orders the addresses; iovalkey would try IPv4 for ever once both families failed.
    family: 0,
    familyFallback: { enabled: false },
    ...(username && { username: decode(username) }),
    ...(password && { password: decode(password) }),
    ...(protocol === 'rediss:' && { tls: {} }),
  };
}

/** What all keys of a deployment begin with. They share one hash tag, and so one node of a cluster. */
export function keyPrefix(namespace: string): string {
  return `{cmk}:${createHash('sha256').update(namespace).digest('base64url').slice(0, 16)}`;
}

/** Returns the code of a failure, and nothing else of it: its text and its command may hold the password. */
export function describeFailure(error: unknown): string {
  const { code, message = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {}; // A text where there is one.
  const reply = /^(?:Ready check failed: )?([A-Z]{3,}) /.exec(message)?.[1];
  return code ?? reply ?? (/time/i.test(message) ? 'timed out' : 'not connected');
}

function readUrl(url: Secret): URL {
  try {
    return new URL(url.expose());
  } catch {
    throw invalidUrl(); // Without its cause, which repeats the URL.
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidUrl();
  }
}

function invalidUrl(): CmkError {
  return new CmkError('invalid_settings', `The approval store’s URL must be ${ACCEPTED}.`);
}
