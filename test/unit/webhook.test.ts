import { Webhook as Receiver } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFetch } from '../../src/app/wiring.ts';
import { Secret } from '../../src/core/secret.ts';
import { type Notice, toSlack } from '../../src/telemetry/notice.ts';
import { Webhook, type WebhookOptions } from '../../src/telemetry/webhook.ts';
import { PAGE_ORIGIN } from '../fixtures/page-server.ts';
import { ID } from '../fixtures/scripted-api.ts';
import { startWebhookReceiver, WEBHOOK_SECRET, type WebhookReceiver } from '../fixtures/webhook-receiver.ts';

let receiver: WebhookReceiver;
beforeAll(async () => {
  receiver = await startWebhookReceiver();
});
beforeEach(() => receiver.reset());
afterAll(() => receiver.close());

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
      url: new Secret(receiver.url),
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
    const key = Buffer.from(WEBHOOK_SECRET.slice('whsec_'.length), 'base64');
    expect(await send({ key })).toStrictEqual([]);
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
    const given = { ...headers } as Record<string, string>;
    const { type, ...data } = NOTICE;
    expect(new Receiver(WEBHOOK_SECRET).verify(body, given)).toStrictEqual({
      type,
      timestamp: expect.any(String),
      data,
    });
    expect(() => new Receiver(WEBHOOK_SECRET).verify(`${body} `, given)).toThrow();
    const other = 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    expect(() => new Receiver(other).verify(body, given)).toThrow();
  });

  it('has no signature without a secret', async () => {
    await send();
    expect(receiver.received[0]?.headers).not.toHaveProperty('webhook-signature');
    expect(receiver.received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': expect.stringMatching(/^msg_/),
    });
  });

  it('is a message for Slack in which nobody can be called and nothing is decided', async () => {
    await send({ format: 'slack' });
    const message = JSON.parse(receiver.received[0]?.body ?? '');
    expect(message).toStrictEqual({ text: expect.any(String), unfurl_links: false, unfurl_media: false });
    expect(message.text.split('\n')).toStrictEqual([
      '*Approval requested*: Delete CMK &lt;!channel&gt; &amp;  all ',
      `Project p, ${ID}`,
      'Asked for by &lt;@U123&gt; ada through x/1  y ',
      `<${PAGE_ORIGIN}/approvals/abc|Open the request>, until 2030-01-01T00:00:00.000Z`,
    ]);
    const types = ['approved', 'declined', 'withdrawn', 'expired', 'stale', 'used'] as const;
    const texts = types.map((type): string => toSlack({ ...NOTICE, type: `approval.${type}` }).text);
    expect(new Set(texts.map((text) => /^\*[^*]+\*:/.exec(text)?.[0]))).toHaveLength(types.length);
    expect(texts.map((text) => text.includes(', until'))).toStrictEqual([true, false, false, false, false, false]);
  });

  it('is tried three times under one id', async () => {
    receiver.reset([500, 429]);
    expect(await send()).toStrictEqual([]);
    expect(receiver.received).toHaveLength(3);
    expect(new Set(receiver.received.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size).toBe(1);
  });

  it('is given up then, with a line that does not hold its address', async () => {
    receiver.reset([500, 500, 503, 500]);
    let given = 0;
    const lines = await send({
      onFailure: () => {
        given += 1;
      },
    });
    expect([receiver.received.length, given]).toStrictEqual([3, 1]);
    expect(lines).toStrictEqual(['a notice of approval.requested could not be sent: status 503']);
  });

  it('follows no redirect', async () => {
    receiver.reset([307, 302, 301]);
    expect(await send()).toStrictEqual(['a notice of approval.requested could not be sent: status 301']);
    expect(new Set(receiver.received.map(({ path }) => path))).toStrictEqual(new Set(['/hook/secret-path']));
  });

  it('that nobody takes stops nothing', async () => {
    const lines = await send({ url: new Secret('http://127.0.0.1:9/secret-path') });
    expect(lines).toStrictEqual([expect.stringMatching(/^a notice of approval.requested could not be sent: [\w ]+$/)]);
  });
});
