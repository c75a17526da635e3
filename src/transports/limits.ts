import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

/** Bounds on what one caller may ask of one copy of the server. */
export interface CallerLimits {
  readonly concurrent: number;
  readonly perMinute: number;
}

/** Lets callers in one by one. Holds counts of the present minute only; copies of the server do not share them. */
export class Gate {
  readonly #limits: CallerLimits;
  readonly #minute: RateLimiterMemory;
  readonly #inside = new Map<string, number>();

  constructor(limits: CallerLimits) {
    this.#limits = limits;
    this.#minute = new RateLimiterMemory({ points: limits.perMinute, duration: 60 });
  }

  /** Runs `work` for a caller, or returns after how many seconds it may come again. */
  async run<T>(caller: string, work: () => Promise<T>): Promise<T | { retryAfter: number }> {
    const inside = this.#inside.get(caller) ?? 0;
    if (inside >= this.#limits.concurrent) return { retryAfter: 1 };
    this.#inside.set(caller, inside + 1);
    try {
      const full = await this.#minute.consume(caller).then(
        () => undefined,
        (refusal: RateLimiterRes) => refusal,
      );
      return full ? { retryAfter: Math.max(1, Math.ceil(full.msBeforeNext / 1_000)) } : await work();
    } finally {
      const left = (this.#inside.get(caller) ?? 1) - 1;
      if (left > 0) this.#inside.set(caller, left);
      else this.#inside.delete(caller);
    }
  }
}
