import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook as Receiver } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFetch } from '../../src/app/wiring.ts';
import { Secret } from '../../src/core/secret.ts';
import { type Notice, Webhook, type WebhookOptions } from '../../src/telemetry/webhook.ts';
import { HTTP_CLIENTS } from '../fixtures/http-harness.ts';
import { type Issuer, startIssuer } from '../fixtures/issuer.ts';
import {
  APPROVE,
  DECLINE,
  deletable,
  PAGE_ORIGIN,
  pendingOf,
  person,
  startPageServer,
} from '../fixtures/page-server.ts';
import { ID, type ScriptedApi, startScriptedApi } from '../fixtures/scripted-api.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver on loopback; `status` is what it answers, in turn, and 204 from then on. */
let receiver: Server;
let url: string;
let statuses: number[];
const received: Received[] = [];
beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(statuses.shift() ?? 204, { location: '/elsewhere' }).end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook/secret-path`;
});
beforeEach(() => {
  statuses = [];
  received.length = 0;
});
afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await once(receiver, 'close');
});

const NOTICE: Notice = {
  type: 'approval.requested',
  id: 'abc',
  url: `${PAGE_ORIGIN}/approvals/abc`,
  summary: 'Delete CMK <!channel> & *all*',
  project: 'p',
  target: ID,
  requester: '<@U123> ada\u202e',
  client: 'x/1 `y`',
  expires_at: '2030-01-01T00:00:00.000Z',
};

describe('a notice', () => {
  async function send(options: Partial<WebhookOptions> = {}): Promise<string[]> {
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const common = {
      url: new Secret(url),
      format: 'standard',
      fetch: createFetch(undefined),
      log,
      retryMs: 1,
    } as const;
    const webhook = new Webhook({ ...common, ...options });
    webhook.send(NOTICE);
    await webhook.settled();
    return lines;
  }

  it('is signed as Standard Webhooks asks for it', async () => {
    const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
    expect(await send({ key })).toStrictEqual([]);
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    const given = { ...headers } as Record<string, string>;
    const { type, ...data } = NOTICE;
    expect(new Receiver(SECRET).verify(body, given)).toStrictEqual({ type, timestamp: expect.any(String), data });
    expect(() => new Receiver(SECRET).verify(`${body} `, given)).toThrow();
    const other = 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    expect(() => new Receiver(other).verify(body, given)).toThrow();
  });

  it('has no signature without a secret', async () => {
    await send();
    expect(received[0]?.headers).not.toHaveProperty('webhook-signature');
    expect(received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': expect.stringMatching(/^msg_/),
    });
  });

  it('is a message for Slack in which nobody can be called and nothing is decided', async () => {
    await send({ format: 'slack' });
    const message = JSON.parse(received[0]?.body ?? '');
    expect(message).toStrictEqual({ text: expect.any(String), unfurl_links: false, unfurl_media: false });
    expect(message.text.split('\n')).toStrictEqual([
      '*Approval requested*: Delete CMK &lt;!channel&gt; &amp;  all ',
      `Project p, ${ID}`,
      'Asked for by &lt;@U123&gt; ada through x/1  y ',
      `<${PAGE_ORIGIN}/approvals/abc|Open the request>, until 2030-01-01T00:00:00.000Z`,
    ]);
  });

  it('is tried three times under one id', async () => {
    statuses = [500, 429];
    expect(await send()).toStrictEqual([]);
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size).toBe(1);
  });

  it('is given up then, with a line that does not hold its address', async () => {
    statuses = [500, 500, 503, 500];
    let given = 0;
    const lines = await send({
      onFailure: () => {
        given += 1;
      },
    });
    expect([received.length, given]).toStrictEqual([3, 1]);
    expect(lines).toStrictEqual(['a notice of approval.requested could not be sent: status 503']);
  });

  it('follows no redirect', async () => {
    statuses = [307, 302, 301];
    expect(await send()).toStrictEqual(['a notice of approval.requested could not be sent: status 301']);
    expect(new Set(received.map(({ path }) => path))).toStrictEqual(new Set(['/hook/secret-path']));
  });

  it('that nobody takes stops nothing', async () => {
    const lines = await send({ url: new Secret('http://127.0.0.1:9/secret-path') });
    expect(lines).toStrictEqual([expect.stringMatching(/^a notice of approval.requested could not be sent: [\w ]+$/)]);
  });
});

describe('a server with a webhook', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-webhook-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  let api: ScriptedApi;
  let issuer: Issuer;
  beforeAll(async () => {
    [api, issuer] = await Promise.all([startScriptedApi(), startIssuer()]);
  });
  afterAll(async () => {
    await Promise.all([api.close(), issuer.close()]);
    rmSync(folder, { recursive: true });
  });
  afterEach(() => expect(received.map(({ body }) => body).join()).not.toContain('eyJ'));

  it.each(HTTP_CLIENTS)('tells of each request and of each outcome once, through $title', async ({ connect }) => {
    const server = await startPageServer(issuer, api.origin, {
      AIVEN_CMK_WEBHOOK_URL_FILE: file('url', url),
      AIVEN_CMK_WEBHOOK_SECRET_FILE: file('secret', SECRET),
      AIVEN_CMK_DEADLINE_MS: '3000',
    });
    const client = await connect(server.origin, { token: await issuer.token() });
    const remove = (project: string) => client.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID });
    const [approved, declined] = [api.scene(deletable()), api.scene(deletable())];
    const [one, other] = [pendingOf(await remove(approved.project)), pendingOf(await remove(declined.project))];
    pendingOf(await remove(approved.project)); // Repeated, and not told again.
    await server.decisions.vote(one.id, person(issuer, 'ada'), APPROVE);
    expect((await remove(approved.project)).isError).toBe(false);
    await server.decisions.vote(other.id, person(issuer, 'ada'), DECLINE);
    await client.close();
    await server.stop();
    const told = received.map(({ headers, body }) => {
      const { type, data } = new Receiver(SECRET).verify(body, { ...headers } as Record<string, string>) as {
        type: string;
        data: { id: string; url: string };
      };
      expect(data.url).toBe(`${PAGE_ORIGIN}/approvals/${data.id}`);
      return `${type} ${data.id === one.id ? 'one' : 'other'}`;
    });
    expect(told.sort()).toStrictEqual(
      ['requested one', 'vote one', 'used one', 'requested other', 'declined other']
        .map((line) => `approval.${line}`)
        .sort(),
    );
  });

  it('goes on without it', async () => {
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
