import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HTTP_CLIENTS, type HttpServer, spawnHttp } from '../fixtures/http-harness.ts';
import { type Issuer, startIssuer } from '../fixtures/issuer.ts';
import {
  APPROVE,
  deletable,
  type PageServer,
  pageEnvironment,
  pendingOf,
  person,
  startPageServer,
} from '../fixtures/page-server.ts';
import { startRedis, type TestRedis } from '../fixtures/redis.ts';
import { ID, type Scene, type ScriptedApi, startScriptedApi } from '../fixtures/scripted-api.ts';

let api: ScriptedApi;
let issuer: Issuer;
let redis: TestRedis;
beforeAll(async () => {
  [api, issuer, redis] = await Promise.all([startScriptedApi(), startIssuer(), startRedis()]);
});
afterAll(() => Promise.all([api.close(), issuer.close(), redis.stop()]));

const start = (args: readonly string[] = []) =>
  startPageServer(issuer, api.origin, { AIVEN_CMK_STORE_URL: redis.url.expose() }, args);

describe.each(HTTP_CLIENTS)('replicas that share a store, through $title', ({ connect }) => {
  const remove = async (server: HttpServer, { project }: Scene, sub = 'ada') => {
    const client = await connect(server.origin, { token: await issuer.token({ sub }) });
    const outcome = await client.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID });
    await client.close();
    return outcome;
  };

  it('ask on one, decide on another and act on a third, once', async () => {
    const [one, two, three] = await Promise.all([start(), start(), start()]);
    const scene = api.scene(deletable());
    const { id } = pendingOf(await remove(one, scene));
    await two.decisions.vote(id, person(issuer, 'ada'), APPROVE);
    await Promise.all([one.stop(), two.stop()]);
    const outcomes = [await remove(three, scene), await remove(three, scene)];
    expect(outcomes.map(({ isError }) => isError)).toStrictEqual([false, true]);
    expect(scene.writes()).toHaveLength(1);
    await three.stop();
  });

  it('go on for one that is killed between the vote and the use', async () => {
    const env = { ...pageEnvironment(issuer, api.origin), AIVEN_CMK_STORE_URL: redis.url.expose() };
    const [killed, other] = await Promise.all([spawnHttp([], env), start()]);
    const scene = api.scene(deletable());
    const { id } = pendingOf(await remove(killed, scene, 'kay'));
    await other.decisions.vote(id, person(issuer, 'kay'), APPROVE);
    killed.child.kill('SIGKILL');
    await killed.stop();
    expect(scene.writes()).toStrictEqual([]);
    expect((await remove(other, scene, 'kay')).payload).toMatchObject({ approved_by: ['kay'] });
    expect(scene.writes()).toHaveLength(1);
    expect((await remove(other, scene, 'kay')).isError).toBe(true);
    expect(scene.writes()).toHaveLength(1);
    await other.stop();
  });

  it('read on while the store is away, refuse what needs an approval, and say so', async () => {
    const server = await start(['--metrics', '0']);
    const scene = api.scene(deletable());
    const { id } = pendingOf(await remove(server, scene));
    await server.decisions.vote(id, person(issuer, 'ada'), APPROVE);
    expect(await ready(server)).toStrictEqual([200, { status: 'ready', approval_store: 'ready' }]);
    await redis.stop();
    const { error } = await remove(server, scene);
    expect(error).toMatchObject({
      code: 'approval_unavailable',
      message: expect.stringMatching(/store does not work/),
      hint: expect.stringMatching(/Call again in a minute/),
      retryable: true,
    });
    const client = await connect(server.origin, { token: await issuer.token() });
    expect((await client.call('aiven_cmk_list', { project: scene.project })).isError).toBe(false);
    await client.close();
    await expect
      .poll(() => ready(server), { interval: 500 })
      .toStrictEqual([200, { status: 'ready', approval_store: 'unreachable' }]);
    expect(await metric(server, 'aiven_cmk_approval_store_errors_total')).toBeGreaterThan(0);
    expect(server.stderr()).toContain('the approval store cannot be reached');
    expect(scene.writes()).toStrictEqual([]);

    redis = await startRedis({ port: redis.port });
    await server.line('the approval store can be reached again');
    // The store is empty now: what was approved is gone, and is asked for again.
    expect(pendingOf(await remove(server, scene)).id).not.toBe(id);
    expect(scene.writes()).toStrictEqual([]);
    await server.stop();
  });
});

it('a start is not stopped by a store that is away', async () => {
  const { port } = redis;
  await redis.stop();
  const server = await start();
  expect(server.stderr()).toContain('the approval store cannot be reached (ECONNREFUSED)');
  await server.stop();
  redis = await startRedis({ port });
});

async function ready({ origin }: PageServer): Promise<[number, unknown]> {
  const response = await fetch(new URL('/readyz', origin));
  return [response.status, await response.json()];
}

async function metric({ metricsOrigin }: PageServer, name: string): Promise<number> {
  const text = await (await fetch(new URL('/metrics', metricsOrigin))).text();
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
}
