import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import { connectValkey, parseStoreUrl, type ValkeyClient } from '../../src/guard/approval/valkey.ts';
import { ValkeyStore } from '../../src/guard/approval/valkey-store.ts';
import { approved, create, newRecord, newVote } from '../fixtures/approval-stores.ts';
import { freePort, startRedis, type TestRedis } from '../fixtures/redis.ts';

const PASSWORD = 'pa$$word-Zm9v';
const UNAVAILABLE = expect.objectContaining({ code: 'approval_unavailable' });

describe('the connection to Valkey', () => {
  const opened: ({ disconnect(): void } | { stop(): Promise<void> })[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0)) await ('stop' in each ? each.stop() : each.disconnect());
  });
  const lines: string[] = [];

  async function open(url: Secret): Promise<{ store: ValkeyStore; client: ValkeyClient }> {
    lines.length = 0;
    const client = await connectValkey(url, (line) => lines.push(line));
    opened.push(client);
    return { store: new ValkeyStore(client, { namespace: 'x', log: (line) => lines.push(line) }), client };
  }

  async function start(options: Parameters<typeof startRedis>[0] = {}): Promise<TestRedis> {
    const redis = await startRedis(options);
    opened.push(redis);
    return redis;
  }

  /** Every method, each with what it rejects with. */
  function failures(store: ValkeyStore): Promise<unknown[]> {
    const calls: Promise<unknown>[] = [
      store.request(newRecord()),
      store.get('a'),
      store.find('a', 'b'),
      store.list(),
      store.vote('a', newVote('b'), 1_000),
      store.close('a', 'stale'),
      store.consume('a', 'b', 'c'),
      store.changed('a', 'pending', 600_000, new AbortController().signal),
      store.check(),
    ];
    return Promise.all(
      calls.map((call) =>
        call.then(
          () => 'resolved',
          (error: unknown) => error,
        ),
      ),
    );
  }

  it('fails at once where nothing listens, in every method, and stops no start', async () => {
    const { store } = await open(new Secret(`redis://:${PASSWORD}@127.0.0.1:${await freePort()}`));
    const before = performance.now();
    expect(await failures(store)).toStrictEqual(Array(9).fill(UNAVAILABLE));
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(lines).toStrictEqual(['the approval store cannot be reached (ECONNREFUSED); trying again']);
  });

  it('fails within some seconds where connections are taken and nothing is answered', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const sockets: { destroy(): void }[] = [];
    server.on('connection', (socket) => sockets.push(socket));
    const address = server.address();
    const { store, client } = await open(
      new Secret(`redis://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`),
    );
    expect(await failures(store)).toStrictEqual(Array(9).fill(UNAVAILABLE));
    client.disconnect();
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('fails when the server hangs, and works when it goes on', async () => {
    const redis = await start();
    const { store, client } = await open(redis.url);
    const { id, plan } = await approved(store);
    redis.child.kill('SIGSTOP');
    const timedOut = expect.objectContaining({ message: 'The approval store does not work (timed out).' });
    expect(await failures(store)).toStrictEqual(Array(9).fill(timedOut));
    redis.child.kill('SIGCONT');
    await until(store, client);
    expect(await store.consume(id, plan, 'call')).toMatchObject({ kind: 'done' });
  });

  it('fails while the server is away, and works when it is back, with what it then holds', async () => {
    const redis = await start();
    const { store, client } = await open(redis.url);
    const { id, plan } = await approved(store);
    const waiting = store.changed(id, 'approved', 600_000, new AbortController().signal);
    const [rejected] = await Promise.all([waiting.catch((error: unknown) => error), redis.stop()]);
    expect(rejected).toStrictEqual(UNAVAILABLE);
    expect(await failures(store)).toStrictEqual(Array(9).fill(UNAVAILABLE));
    await start({ port: redis.port });
    await until(store, client);
    expect(await store.consume(id, plan, 'call')).toMatchObject({ kind: 'refused', why: 'not_found' });
    await create(store, { plan });
    // Closed, or reset where the server left something unread.
    expect(lines).toStrictEqual([
      expect.stringMatching(/^the approval store cannot be reached \([\w ]+\); trying again$/),
      'the approval store can be reached again',
    ]);
  });

  it('does not keep a command for later while it connects again', async () => {
    const redis = await start();
    const { store, client } = await open(redis.url);
    const reconnecting = once(client, 'reconnecting');
    await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no').catch(() => {}); // Its own connection, too.
    await reconnecting;
    await expect(store.request(newRecord())).rejects.toStrictEqual(UNAVAILABLE);
    await until(store, client);
    expect(await store.list()).toStrictEqual([]);
  });

  it('signs in with the password of the URL, and repeats it nowhere when it is wrong', async () => {
    const { port, url } = await start({ password: encodeURIComponent(PASSWORD) });
    expect(url.expose()).toContain(encodeURIComponent(PASSWORD));
    const right = await open(
      new Secret(`redis://:${encodeURIComponent(encodeURIComponent(PASSWORD))}@127.0.0.1:${port}/3`),
    );
    await right.store.check();
    for (const login of [':wrong-pass-word', 'nobody:wrong-pass-word']) {
      const { store } = await open(new Secret(`redis://${login}@127.0.0.1:${port}`));
      const errors = await failures(store);
      expect(errors).toStrictEqual(Array(9).fill(UNAVAILABLE));
      const told = [
        ...lines,
        ...errors.map((error) => JSON.stringify([String(error), error instanceof Error && error.cause])),
      ];
      expect(told.join()).not.toContain('wrong');
      expect(lines).toStrictEqual(['the approval store cannot be reached (WRONGPASS); trying again']);
    }
  });

  it('does not call a store well that takes no writes', async () => {
    const redis = await start();
    const { store, client } = await open(redis.url);
    await store.check();
    await client.call('REPLICAOF', '127.0.0.1', `${await freePort()}`);
    await expect(store.check()).rejects.toMatchObject({ message: 'The approval store does not work (READONLY).' });
    await expect(store.request(newRecord())).rejects.toStrictEqual(UNAVAILABLE);
  });
});

/** Resolves when the store works. */
async function until(store: ValkeyStore, client: ValkeyClient): Promise<void> {
  for (;;) {
    if (client.status !== 'ready') await once(client, 'ready').catch(() => {}); // One of several attempts.
    const failure = await store.check().catch((error: unknown) => error);
    if (failure === undefined) return;
  }
}

describe('the URL of a store', () => {
  it.each([
    ['redis://store', { host: 'store', port: 6379, db: 0 }],
    ['redis://store:1234/7', { host: 'store', port: 1234, db: 7 }],
    ['redis://[::1]:1234/', { host: '::1', port: 1234, db: 0 }],
    ['redis://me:p%40ss@store', { host: 'store', username: 'me', password: 'p@ss' }],
    ['redis://:p%2Fss@store', { host: 'store', password: 'p/ss' }],
    ['rediss://store', { host: 'store', tls: {} }],
  ])('%s is read', (url, address) => {
    const parsed = parseStoreUrl(new Secret(url));
    expect(parsed).toMatchObject(address);
    expect('tls' in parsed).toBe(url.startsWith('rediss:'));
  });

  it.each([
    'http://:pass-word@store',
    'redis+tls://:pass-word@store',
    'unix:///pass-word',
    'redis://',
    'redis:///1',
    'redis://:pass-word@store/x',
    'redis://:pass-word@store/1/2',
    'redis://:pass-word@store:99999',
    'redis://:pass-word@store?enableOfflineQueue=true',
    'redis://:pass-word@store#1',
    'redis://:pass-word%@store',
    'pass-word',
    '',
  ])('%s is refused without being repeated', async (url) => {
    const refusal = await connectValkey(new Secret(url), () => {}).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'invalid_settings', cause: undefined });
    expect(String(refusal)).not.toContain('pass-word');
  });
});
