import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Secret } from '../../src/core/secret.ts';
import { connectValkey, keyPrefix, type ValkeyClient } from '../../src/guard/approval/valkey.ts';
import { ValkeyStore } from '../../src/guard/approval/valkey-store.ts';
import { RateLimiter } from '../../src/server/http/rate-limit.ts';
import { approved, create, newVote } from '../fixtures/approval-stores.ts';
import { startRedis, type TestRedis } from '../fixtures/redis.ts';

const PASSWORD = 'f'.repeat(64);
const read = (name: string) => parse(readFileSync(`deploy/kubernetes/approval-page/${name}.yaml`, 'utf8'));

describe('the store of the manifests, with the arguments and the users that they give it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-acl-'));
  let redis: TestRedis;
  let client: ValkeyClient;
  beforeAll(async () => {
    const file = join(folder, 'users.acl');
    const users: string = read('valkey-secret.example').stringData['users.acl'];
    writeFileSync(file, users.replace(`\${STORE_PASSWORD}`, PASSWORD));
    const given: string[] = read('valkey-deployment').spec.template.spec.containers[0].args;
    redis = await startRedis({ args: given.map((arg) => (arg === '/etc/valkey/users.acl' ? file : arg)) });
    const url: string = read('secret.example').stringData['store-url'];
    const here = url.replace('aiven-cmk-valkey:6379', `127.0.0.1:${redis.port}`);
    client = await connectValkey(new Secret(here.replace(`\${STORE_PASSWORD}`, PASSWORD)), () => {});
  });
  afterAll(async () => {
    client.disconnect();
    await redis.stop();
    rmSync(folder, { recursive: true });
  });

  it('lets the server do all that it does there', async () => {
    const lines: string[] = [];
    const store = new ValkeyStore(client, { namespace: 'x', log: (line) => lines.push(line) });
    await store.check();
    const declined = await create(store);
    await store.vote(declined.id, newVote('bob', { decision: 'decline' }), 60_000);
    const pending = await create(store);
    expect((await store.list()).map(({ id }) => id)).toContain(pending.id);
    await store.close(pending.id, 'withdrawn');
    const { id, plan, operation, requester } = await approved(store);
    expect(await store.find(requester.id, operation)).toMatchObject({ id });
    expect(await store.consume(id, plan, 'call')).toMatchObject({ kind: 'done' });
    await store.changed(id, 'approved', 1_000, new AbortController().signal);
    expect((await store.get(id))?.state).toBe('used');
    expect(lines).toStrictEqual([]);
    const counts = { client, prefix: keyPrefix('x') };
    const share = await new RateLimiter({ concurrent: 1, perMinute: 1 }, counts).acquire('ada', 1);
    if ('refund' in share) share.refund();
    expect(await new RateLimiter({ concurrent: 2, perMinute: 2 }, counts).acquire('ada', 3)).toHaveProperty(
      'retryAfter',
    );
    expect(await client.keys('*').catch((error: Error) => error.message)).toMatch(/^NOPERM/);
  });

  it('lets nobody in without the password, and the server reach no other key and no command that administers', async () => {
    const lines: string[] = [];
    const other = await connectValkey(new Secret(`redis://127.0.0.1:${redis.port}`), (line) => lines.push(line));
    expect(lines).toStrictEqual(['the approval store cannot be reached (NOAUTH); trying again']);
    other.disconnect();
    for (const command of [['get', 'other'], ['flushall'], ['config', 'get', '*'], ['acl', 'list'], ['shutdown']]) {
      const [name = '', ...args] = command;
      expect(await client.call(name, ...args).catch((error: Error) => error.message), name).toMatch(/^NOPERM/);
    }
  });
});
