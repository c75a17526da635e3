import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COOL_DOWN_MS, KEPT_MS, PENDING_MAX } from '../../src/guard/approval/store.ts';
import { connectValkey, keyPrefix, type ValkeyClient } from '../../src/guard/approval/valkey.ts';
import { ValkeyStore } from '../../src/guard/approval/valkey-store.ts';
import { approved, create, newRecord, newVote } from '../fixtures/approval-stores.ts';
import { startRedis, type TestRedis } from '../fixtures/redis.ts';

describe('the store in Valkey', () => {
  let redis: TestRedis;
  let client: ValkeyClient;
  let prefix: string;
  let store: ValkeyStore;
  let lines: string[];
  beforeAll(async () => {
    redis = await startRedis();
    client = await connectValkey(redis.url, () => {});
  });
  afterAll(async () => {
    client.disconnect();
    await redis.stop();
  });
  beforeEach(async () => {
    await client.flushall();
    lines = [];
    const namespace = randomUUID();
    prefix = keyPrefix(namespace);
    store = new ValkeyStore(client, { namespace, log: (line) => lines.push(line) });
  });
  const refused = (why: string) => ({ kind: 'refused', why });

  it('keeps two deployments apart', async () => {
    const other = new ValkeyStore(client, { namespace: 'another', log: () => {} });
    const record = await approved(store);
    expect(await other.get(record.id)).toBeUndefined();
    expect(await other.find('alice', record.operation)).toBeUndefined();
    expect(await other.list()).toStrictEqual([]);
    expect(await other.consume(record.id, record.plan, 'call')).toStrictEqual(refused('not_found'));
    expect(await other.vote(record.id, newVote('carol'), 60_000)).toStrictEqual(refused('not_found'));
    for (let count = 0; count < PENDING_MAX; count += 1) await create(store);
    await create(other, { plan: record.plan });
    expect(await store.get(record.id)).toStrictEqual(record);
  });

  it('lets every key expire, and puts all of them on one node of a cluster', async () => {
    const { id } = await create(store);
    await store.vote(id, newVote('bob', { decision: 'decline' }), 60_000);
    const { id: withdrawn } = await create(store, { lifetimeMs: 86_400_000 });
    await store.close(withdrawn, 'withdrawn');
    await create(store);
    await approved(store, {}, 300_000);
    await store.check();
    const keys = await client.keys('*');
    expect(keys.length).toBeGreaterThan(10);
    for (const key of keys) {
      expect(key.startsWith(`${prefix}:`) && key.startsWith('{cmk}')).toBe(true);
      expect(await client.pttl(key)).toBeGreaterThan(0);
    }
    expect(await client.pttl(`${prefix}:a:${withdrawn}`)).toBeLessThanOrEqual(KEPT_MS);
    const [coolDown = ''] = await client.keys(`${prefix}:c:*`);
    expect(await client.pttl(coolDown)).toBeLessThanOrEqual(COOL_DOWN_MS);
  });

  it('knows nothing and approves nothing once the store was emptied', async () => {
    const { id, plan, operation } = await approved(store);
    const pending = await create(store);
    const changed = store.changed(pending.id, 'pending', 600_000, new AbortController().signal);
    await client.flushall();
    await changed;
    expect(await store.get(id)).toBeUndefined();
    expect(await store.find('alice', operation)).toBeUndefined();
    expect(await store.list()).toStrictEqual([]);
    expect(await store.consume(id, plan, 'call')).toStrictEqual(refused('not_found'));
    expect(await store.vote(pending.id, newVote('bob'), 60_000)).toStrictEqual(refused('not_found'));
    expect(await store.close(pending.id, 'stale')).toStrictEqual(refused('not_found'));
    await create(store, { plan });
    expect(lines).toStrictEqual([]);
  });

  it('works when the server has forgotten the scripts', async () => {
    const { id, plan } = await approved(store);
    await client.script('FLUSH');
    expect(await store.consume(id, plan, 'call')).toMatchObject({ kind: 'done' });
  });

  it.each<[string, (key: string) => Promise<unknown>]>([
    ['another type', (key) => client.multi().del(key).set(key, 'x').exec()],
    ['a field that is missing', (key) => client.hdel(key, 'requester')],
    ['no state', (key) => client.hdel(key, 'state')],
    ['an unknown state', (key) => client.hset(key, 'state', 'sure')],
    ['no JSON', (key) => client.hset(key, 'shown', '{')],
    ['JSON of another shape', (key) => client.hset(key, 'shown', '{"tool":1}')],
    ['a time that is none', (key) => client.hset(key, 'expiresAt', 'later')],
    ['a time in words that Lua takes', (key) => client.hset(key, 'expiresAt', '0x7fffffffffff')],
    ['a rule that is none', (key) => client.hset(key, 'who', 'anybody')],
    ['nobody needed', (key) => client.hset(key, 'needed', '0')],
    [
      'an approval without votes',
      (key) => client.hset(key, 'state', 'approved', 'usableUntil', `${Date.now() + 60_000}`),
    ],
    ['a vote that is none', (key) => client.hset(key, 'vote:1', '{}')],
    ['more votes than needed while pending', (key) => client.hset(key, 'vote:1', JSON.stringify(newVote('bob')))],
  ])('takes a record as absent that has %s, and logs it once', async (_what, spoil) => {
    const { id, plan, operation } = await create(store);
    await spoil(`${prefix}:a:${id}`);
    expect(await store.get(id)).toBeUndefined();
    expect(await store.find('alice', operation)).toBeUndefined();
    expect(await store.list()).toStrictEqual([]);
    expect(await store.vote(id, newVote('bob'), 60_000)).toStrictEqual(refused('not_found'));
    expect(await store.consume(id, plan, 'call')).toStrictEqual(refused('not_found'));
    await store.changed(id, 'pending', 600_000, new AbortController().signal);
    expect((await create(store, { plan })).id).not.toBe(id);
    expect(lines.filter((line) => line.includes(id)).length).toBeLessThanOrEqual(1);
    expect(lines.join()).not.toContain('{');
  });

  it('approves nothing of which the stored votes are too few, of one person, or the requester’s under other', async () => {
    const votes = (...people: string[]) =>
      people.flatMap((person, at) => [`vote:${at + 1}`, JSON.stringify(newVote(person))]);
    const rule = { who: 'other', needed: 2 } as const;
    for (const people of [['bob'], ['bob', 'bob'], ['bob', 'alice'], ['bob', 'amelia']]) {
      const { id, plan } = await create(store, { rule, requester: { person: 'amelia', id: `alice` } });
      const until = `${Date.now() + 60_000}`;
      await client.hset(`${prefix}:a:${id}`, 'state', 'approved', 'usableUntil', until, ...votes(...people));
      expect(await store.get(id)).toBeUndefined();
      expect(await store.consume(id, plan, 'call')).toStrictEqual(refused('not_found'));
      await client.flushall();
    }
    expect(lines).toHaveLength(4);
  });

  it('takes no record of somebody else or of another plan for its own', async () => {
    const { id } = await approved(store, { requester: { id: 'mallory' } });
    const { id: own, plan, operation } = await create(store);
    const [latest = ''] = (await client.keys(`${prefix}:o:*`)).filter(Boolean);
    for (const key of await client.keys(`${prefix}:o:*`)) await client.set(key, id);
    expect(latest).not.toBe('');
    expect(await store.find('alice', operation)).toBeUndefined();
    expect(await store.request(newRecord({ plan, operation }))).toMatchObject({ kind: 'created' });
    for (const key of await client.keys(`${prefix}:o:*`)) await client.set(key, id);
    expect(await store.request(newRecord({ operation }))).not.toHaveProperty('stale');
    expect(await store.get(id)).toMatchObject({ state: 'approved' });
    expect(await store.get(own)).toMatchObject({ state: 'pending' });
  });

  it('counts by the clock of the server, whatever that of the replica says', async () => {
    const wanted = newRecord({ lifetimeMs: 60_000 });
    const slow = { ...wanted, createdAt: 1_000, expiresAt: 61_000 };
    const outcome = await store.request(slow);
    expect(outcome).toMatchObject({ kind: 'created', record: { state: 'pending' } });
    const { expiresAt = 0 } = (await store.get(slow.id)) ?? {};
    expect(Math.abs(expiresAt - wanted.expiresAt)).toBeLessThan(10_000);
  });
});
