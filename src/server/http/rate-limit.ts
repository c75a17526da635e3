import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { MiddlewareHandler } from 'hono';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  type RateLimiterRes,
} from 'rate-limiter-flexible';
import type { ValkeyClient } from '../../guard/approval/valkey.ts';
import { callerOf } from '../session.ts';
import type { HttpEnv } from './http-env.ts';
import { tooManyRequests } from './responses.ts';

/** Limits of one caller. */
export interface RateLimits {
  /** Maximum number of calls under way at once on one replica of the server. */
  readonly concurrent: number;
  /** Maximum number of calls in a minute: on all replicas where they share counts, otherwise on one. */
  readonly perMinute: number;
}

/** Where replicas of the server share the counts of a minute. */
export interface SharedCounts {
  readonly client: ValkeyClient;
  /** What all keys of the deployment begin with. */
  readonly prefix: string;
}

/** Calls that were admitted. */
export interface Share {
  /** Ends the calls. Must be called once. */
  release(): void;
  /** Removes the calls from the count of the minute. */
  refund(): void;
}

/** Calls that were not admitted. */
export interface Rejection {
  /** Time after which the caller may try again, in seconds. */
  readonly retryAfter: number;
}

/** Counts calls by caller. Keeps counts of the present minute only; replicas do not share them. */
export class RateLimiter {
  readonly #limits: RateLimits;
  readonly #minute: RateLimiterAbstract;
  readonly #concurrent = new Map<string, number>();

  constructor(limits: RateLimits, shared?: SharedCounts) {
    this.#limits = limits;
    const options = { points: limits.perMinute, duration: 60 };
    const memory = new RateLimiterMemory(options);
    this.#minute = shared
      ? new RateLimiterRedis({
          ...options,
          storeClient: shared.client,
          keyPrefix: `${shared.prefix}:minute`,
          rejectIfRedisNotReady: true,
          insuranceLimiter: memory,
        })
      : memory;
  }

  /** Admits a number of calls of a caller until they are released, or rejects them all. */
  async acquire(caller: string, calls: number): Promise<Share | Rejection> {
    if ((this.#concurrent.get(caller) ?? 0) + calls > this.#limits.concurrent) return { retryAfter: 1 };
    this.#count(caller, calls);
    const key = createHash('sha256').update(caller).digest('base64url');
    const full = await this.#minute.consume(key, calls).then(
      () => undefined,
      (rejection: RateLimiterRes) => rejection,
    );
    const release = () => this.#count(caller, -calls);
    if (!full) return { release, refund: () => void this.#minute.reward(key, calls) };
    release();
    return { retryAfter: Math.max(1, Math.ceil(full.msBeforeNext / 1_000)) };
  }

  #count(caller: string, change: number): void {
    const calls = (this.#concurrent.get(caller) ?? 0) + change;
    if (calls > 0) this.#concurrent.set(caller, calls);
    else this.#concurrent.delete(caller);
  }
}

/** Limits each caller before its body is read: a request counts as one call until its messages are known. */
export function rateLimit(limits: RateLimits, shared?: SharedCounts): MiddlewareHandler<HttpEnv> {
  const limiter = new RateLimiter(limits, shared);
  return async (context, next) => {
    const { id } = callerOf(context.get('authInfo'), undefined); // Two issuers may give one name.
    const acquire = async (calls: number) => {
      const share = await limiter.acquire(id, calls);
      if ('retryAfter' in share) return tooManyRequests(share.retryAfter);
      onceClosed(context.env.outgoing, share.release);
      return undefined;
    };
    context.set('acquire', acquire);
    return (await acquire(1)) ?? (await next());
  };
}

/**
 * Calls `release` when a response has been sent or can no longer be sent. The end of the handler shows neither: the response
 * to a 2025 client is a stream, and a client may have disconnected during its sign-in.
 */
function onceClosed(outgoing: ServerResponse, release: () => void): void {
  if (outgoing.destroyed || outgoing.closed) release();
  else outgoing.once('close', release);
}
