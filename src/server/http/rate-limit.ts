import type { ServerResponse } from 'node:http';
import type { MiddlewareHandler } from 'hono';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { HttpEnv } from './http-env.ts';
import { tooManyRequests } from './responses.ts';

/** Limits of one caller on one copy of the server. */
export interface RateLimits {
  /** Maximum number of calls under way at once. */
  readonly concurrent: number;
  /** Maximum number of calls in a minute. */
  readonly perMinute: number;
}

/** Calls that were admitted. */
export interface Share {
  /** Ends the calls. Must be called once. */
  release(): void;
  /** Takes the calls out of the count of the minute. */
  refund(): void;
}

/** The refusal of calls: after how many seconds the caller may try again. */
export interface Refusal {
  readonly retryAfter: number;
}

/** Counts calls by caller. Keeps counts of the present minute only; copies of the server do not share them. */
export class RateLimiter {
  readonly #limits: RateLimits;
  readonly #minute: RateLimiterMemory;
  readonly #concurrent = new Map<string, number>();

  constructor(limits: RateLimits) {
    this.#limits = limits;
    this.#minute = new RateLimiterMemory({ points: limits.perMinute, duration: 60 });
  }

  /** Admits this many calls of a caller until they are released, or refuses them all. */
  async acquire(caller: string, calls: number): Promise<Share | Refusal> {
    if ((this.#concurrent.get(caller) ?? 0) + calls > this.#limits.concurrent) return { retryAfter: 1 };
    this.#count(caller, calls);
    const full = await this.#minute.consume(caller, calls).then(
      () => undefined,
      (refusal: RateLimiterRes) => refusal,
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

/** Limits each caller before its body is read: a request counts as one call until its messages are known. */
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
 * Runs `release` when a response has been sent or can no longer be. The handler's own end says neither: the answer to a
 * 2025 client is a stream, and a client may have left while it was signed in.
 */
function onceClosed(outgoing: ServerResponse, release: () => void): void {
  if (outgoing.destroyed || outgoing.closed) release();
  else outgoing.once('close', release);
}
