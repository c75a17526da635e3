import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectValkey, type ValkeyClient } from '../../src/guard/approval/valkey.ts';
import { RateLimiter } from '../../src/server/http/rate-limit.ts';
import { startRedis, type TestRedis } from '../fixtures/redis.ts';

const LIMITS = { concurrent: 100, perMinute: 3 };

describe('the counts of replicas that share a store', () => {
  let redis: TestRedis;
  const clients: ValkeyClient[] = [];
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.disconnect();
    await redis.stop();
  });

  async function replica(prefix = 'p'): Promise<(caller: string) => Promise<number | undefined>> {
    const client = await connectValkey(redis.url, () => {});
    clients.push(client);
    const limiter = new RateLimiter(LIMITS, { client, prefix });
    return async (caller) => {
      const share = await limiter.acquire(caller, 1);
      if ('retryAfter' in share) return share.retryAfter;
      share.release();
      return undefined;
    };
  }

  it('are of the whole fleet, of one caller each, and end after a minute', async () => {
    const [one, two, elsewhere] = await Promise.all([replica(), replica(), replica('q')]);
    expect([await one('a'), await two('a'), await one('a')]).toStrictEqual([undefined, undefined, undefined]);
    const wait = await two('a');
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect(await one('a')).toBeGreaterThan(0);
    expect([await two('b'), await elsewhere('a')]).toStrictEqual([undefined, undefined]);
  });

  it('are kept without the names of callers, for a minute', async () => {
    const count = await replica();
    await count('ada@example.com');
    const keys = (await clients[0]?.keys('*')) ?? [];
    expect(keys).toStrictEqual([`p:minute:${createHash('sha256').update('ada@example.com').digest('base64url')}`]);
    expect(await clients[0]?.ttl(keys[0] ?? '')).toBeGreaterThan(50);
  });

  it('are of each replica by itself while the store is away', async () => {
    const [one, two] = await Promise.all([replica(), replica()]);
    for (let call = 0; call < 3; call += 1) await one('a');
    await redis.stop();
    for (const count of [one, two]) {
      const calls = [await count('a'), await count('a'), await count('a')];
      expect(calls).toStrictEqual([undefined, undefined, undefined]);
      expect(await count('a')).toBeGreaterThan(0);
    }
  });
});
