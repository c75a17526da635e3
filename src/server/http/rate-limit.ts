import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

/** Bounds on what one caller may ask of one copy of the server. */
export interface RateLimits {
  readonly concurrent: number;
  readonly perMinute: number;
}

/** Lets callers in one by one. Holds counts of the present minute only; copies of the server do not share them. */
export class RateLimiter {
  readonly #limits: RateLimits;
  readonly #minute: RateLimiterMemory;
  readonly #inside = new Map<string, number>();

  constructor(limits: RateLimits) {
    this.#limits = limits;
    this.#minute = new RateLimiterMemory({ points: limits.perMinute, duration: 60 });
  }

  /** Lets a caller in with this many calls until it leaves, or tells after how many seconds it may come again. */
  async acquire(caller: string, calls: number): Promise<{ release: () => void } | { retryAfter: number }> {
    if ((this.#inside.get(caller) ?? 0) + calls > this.#limits.concurrent) return { retryAfter: 1 };
    this.#count(caller, calls);
    const full = await this.#minute.consume(caller, calls).then(
      () => undefined,
      (refusal: RateLimiterRes) => refusal,
    );
    if (!full) return { release: () => this.#count(caller, -calls) };
    this.#count(caller, -calls);
    return { retryAfter: Math.max(1, Math.ceil(full.msBeforeNext / 1_000)) };
  }

  #count(caller: string, change: number): void {
    const inside = (this.#inside.get(caller) ?? 0) + change;
    if (inside > 0) this.#inside.set(caller, inside);
    else this.#inside.delete(caller);
  }
}
