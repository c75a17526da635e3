import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook as Receiver } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HTTP_CLIENTS } from '../fixtures/http-harness.ts';
import { type Issuer, startIssuer } from '../fixtures/issuer.ts';
import {
  APPROVE,
  DECLINE,
  deletable,
  firstProgress,
  PAGE_ORIGIN,
  pendingOf,
  person,
  startPageServer,
} from '../fixtures/page-server.ts';
import { ID, KEY, type ScriptedApi, startScriptedApi } from '../fixtures/scripted-api.ts';
import { startWebhookReceiver, WEBHOOK_SECRET, type WebhookReceiver } from '../fixtures/webhook-receiver.ts';

describe('a server with a webhook', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-webhook-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  let api: ScriptedApi;
  let issuer: Issuer;
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    [api, issuer, receiver] = await Promise.all([startScriptedApi(), startIssuer(), startWebhookReceiver()]);
  });
  beforeEach(() => receiver.reset());
  afterAll(async () => {
    await Promise.all([api.close(), issuer.close(), receiver.close()]);
    rmSync(folder, { recursive: true });
  });
  afterEach(() => expect(receiver.received.map(({ body }) => body).join()).not.toContain('eyJ'));

  /** What was told, as the type and what the request is called here. */
  const toldOf = (names: Readonly<Record<string, string>>) =>
    receiver.received.map(({ headers, body }) => {
      const { type, data } = new Receiver(WEBHOOK_SECRET).verify(body, { ...headers } as Record<string, string>) as {
        type: string;
        data: { id: string; url: string };
      };
      expect(data.url).toBe(`${PAGE_ORIGIN}/approvals/${data.id}`);
      return `${type.replace('approval.', '')} ${names[data.id]}`;
    });

  it.each(HTTP_CLIENTS)('tells of each request and of each outcome once, through $title', async ({ connect }) => {
    const server = await startPageServer(issuer, api.origin, {
      AIVEN_CMK_WEBHOOK_URL_FILE: file('url', receiver.url),
      AIVEN_CMK_WEBHOOK_SECRET_FILE: file('secret', WEBHOOK_SECRET),
      AIVEN_CMK_APPROVALS_NEEDED: '2',
    });
    const client = await connect(server.origin, { token: await issuer.token() });
    const remove = (project: string, options = {}) =>
      client.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID }, options);
    const [approved, declined] = [api.scene(deletable()), api.scene(deletable())];
    const [one, other] = [pendingOf(await remove(approved.project)), pendingOf(await remove(declined.project))];
    const { onprogress, heard } = firstProgress();
    const repeated = remove(approved.project, { onprogress }); // Not told again.
    await heard;
    await server.decisions.vote(one.id, person(issuer, 'ada'), APPROVE); // Not an outcome yet.
    await server.decisions.vote(one.id, person(issuer, 'bob', ['cmk:approve']), APPROVE);
    expect((await repeated).isError).toBe(false);
    await server.decisions.vote(other.id, person(issuer, 'ada'), DECLINE);
    await client.close();
    await server.stop();
    expect(toldOf({ [one.id]: 'one', [other.id]: 'other' }).sort()).toStrictEqual(
      ['requested one', 'approved one', 'used one', 'requested other', 'declined other'].sort(),
    );
  });

  it.concurrent('tells of requests that were withdrawn, that are out of time, and whose facts have changed', async () => {
    const server = await startPageServer(issuer, api.origin, {
      AIVEN_CMK_WEBHOOK_URL_FILE: file('url', receiver.url),
      AIVEN_CMK_WEBHOOK_SECRET_FILE: file('secret', WEBHOOK_SECRET),
      AIVEN_CMK_APPROVAL_TIMEOUT_MS: '4000',
    });
    const [{ connect } = {}] = HTTP_CLIENTS;
    const client = await connect?.(server.origin, { token: await issuer.token() });
    const remove = async (project: string) =>
      pendingOf(
        (await client?.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID })) ?? { payload: {} },
      );
    let status = 'current';
    const scene = api.scene(deletable(() => ({ ...KEY, status })));
    const stale = await remove(scene.project);
    status = 'old';
    const expired = await remove(scene.project);
    const withdrawn = await remove(api.scene(deletable()).project);
    await server.decisions.withdraw(withdrawn.id, person(issuer, 'ada'));
    expect(await server.line('approval_expired')).toContain(expired.id);
    await client?.close();
    await server.stop();
    const names = { [stale.id]: 'stale', [expired.id]: 'expired', [withdrawn.id]: 'withdrawn' };
    expect(toldOf(names).sort()).toStrictEqual(
      ['stale', 'expired', 'withdrawn'].flatMap((name) => [`requested ${name}`, `${name} ${name}`]).sort(),
    );
  });

  it.concurrent('goes on without it', async () => {
    const server = await startPageServer(issuer, api.origin, {
      AIVEN_CMK_WEBHOOK_URL_FILE: file('nowhere', 'http://127.0.0.1:9/secret-path'),
    });
    const [{ connect } = {}] = HTTP_CLIENTS;
    const client = await connect?.(server.origin, { token: await issuer.token() });
    const scene = api.scene(deletable());
    const remove = () => client?.call('aiven_cmk_delete', { project: scene.project, cmk_id: ID, confirm_cmk_id: ID });
    const { id } = pendingOf((await remove()) ?? { payload: {} });
    await server.decisions.vote(id, person(issuer, 'ada'), APPROVE);
    expect((await remove())?.isError).toBe(false);
    expect(await server.line('could not be sent')).toMatch(/a notice of approval\.\w+ could not be sent/);
    expect(server.stderr()).not.toContain('secret-path');
    await client?.close();
    await server.stop();
  });
});
