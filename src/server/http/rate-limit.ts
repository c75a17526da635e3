import type { ServerResponse } from 'node:http';
import type { MiddlewareHandler } from 'hono';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { HttpEnv } from './http-env.ts';
import { tooManyRequests } from './responses.ts';

/** The limits of one caller, per replica. */
export interface RateLimits {
  /** Maximum number of calls in progress at once. */
  readonly concurrent: number;
  /** Maximum number of calls in a minute. */
  readonly perMinute: number;
}

/** Calls that were admitted and count against a caller's limits. */
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
  readonly #minute: RateLimiterMemory;
  readonly #concurrent = new Map<string, number>();

  constructor(limits: RateLimits) {
    this.#limits = limits;
    this.#minute = new RateLimiterMemory({ points: limits.perMinute, duration: 60 });
  }

  /** Admits a number of calls of a caller until they are released, or rejects them all. */
  async acquire(caller: string, calls: number): Promise<Share | Rejection> {
    if ((this.#concurrent.get(caller) ?? 0) + calls > this.#limits.concurrent) return { retryAfter: 1 };
    this.#count(caller, calls);
    const full = await this.#minute.consume(caller, calls).then(
      () => undefined,
      (rejection: RateLimiterRes) => rejection,
    );
    const release = () => this.#count(caller, -calls);
    if (!full) return { release, refund: () => void this.#minute.reward(caller, calls) };
    release();
    return { retryAfter: Math.max(1, Math.ceil(full.msBeforeNext / 1_000)) };
  }

  #count(caller: string, change: number): void {
    const calls = (this.#concurrent.get(caller) ?? 0) + change;
    if (calls > 0) this.#concurrent.set(caller, calls);
    else this.#concurrent.delete(caller);
  }
}

/** Creates the middleware that limits callers before a body is read: a request counts as one call until its messages are known. */
export function rateLimit(limits: RateLimits): MiddlewareHandler<HttpEnv> {
  const limiter = new RateLimiter(limits);
  return async (context, next) => {
    const { clientId } = context.get('authInfo');
    const acquire = async (calls: number) => {
      const share = await limiter.acquire(clientId, calls);
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
