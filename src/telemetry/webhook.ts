import { createHmac, randomUUID } from 'node:crypto';
import { sanitize } from '../core/sanitize.ts';
import type { Secret } from '../core/secret.ts';
import type { WebhookFormat } from './webhook-formats.ts';

/** How often a notice is tried in all, and how long to wait before the next try, in milliseconds. */
const TRIES = 3;
const RETRY_MS = 1_000;

/** Maximum time of one try, in milliseconds. */
const TRY_MS = 5_000;

/** What people are told of a request for approval. It holds no secret, and its link decides nothing. */
export interface Notice {
  /** What happened, such as `approval.requested`. */
  readonly type: string;
  readonly id: string;
  /** The request's page. */
  readonly url: string;
  readonly summary: string;
  readonly project: string;
  readonly target: string;
  readonly requester: string;
  readonly client: string;
  /** When the request ends, RFC 3339 in UTC. */
  readonly expires_at: string;
}

/** Where notices go. */
export interface WebhookOptions {
  readonly url: Secret;
  readonly format: WebhookFormat;
  /** The key of signatures (Standard Webhooks, without its prefix `whsec_`, decoded); none are made without it. */
  readonly key?: Buffer | undefined;
  readonly fetch: (request: Request) => Promise<Response>;
  readonly log: (line: string) => void;
  /** Called when a notice is given up. */
  readonly onFailure?: (() => void) | undefined;
  /** Wait before the first retry, in milliseconds; it doubles each time. */
  readonly retryMs?: number;
}

/** Sends notices in the background. One that fails is logged, and stops nothing. */
export class Webhook {
  readonly #options: WebhookOptions;
  readonly #sending = new Set<Promise<void>>();

  constructor(options: WebhookOptions) {
    this.#options = options;
  }

  /** Begins to send a notice. Never throws. */
  send(notice: Notice): void {
    const sending = this.#send(notice).catch((error: unknown) => {
      this.#options.log(`a notice of ${notice.type} could not be sent: ${reasonOf(error)}`);
      this.#options.onFailure?.();
    });
    this.#sending.add(sending);
    void sending.then(() => this.#sending.delete(sending));
  }

  /** Resolves when no notice is being sent. */
  async settled(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all(this.#sending);
  }

  async #send(notice: Notice): Promise<void> {
    const { format, retryMs = RETRY_MS } = this.#options;
    const id = `msg_${randomUUID()}`; // The same for every try, so that a receiver can tell a repeated one.
    const body = JSON.stringify(format === 'slack' ? toSlack(notice) : toStandard(notice));
    for (let left = TRIES - 1; ; left -= 1) {
      try {
        return await this.#try(id, body);
      } catch (error) {
        if (left === 0) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs * 2 ** (TRIES - 1 - left)).unref());
    }
  }

  async #try(id: string, body: string): Promise<void> {
    const { url, key, fetch } = this.#options;
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      ...(key && { 'webhook-signature': `v1,${sign(key, `${id}.${timestamp}.${body}`)}` }),
    };
    const signal = AbortSignal.timeout(TRY_MS);
    const request = new Request(url.expose(), { method: 'POST', headers, body, redirect: 'manual', signal });
    const { status } = await fetch(request);
    if (status < 200 || status > 299) throw new Error(`status ${status}`);
  }
}

/** Standard Webhooks, "Signature scheme": HMAC-SHA256 over id, timestamp and body. */
function sign(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64');
}

function toStandard({ type, ...data }: Notice): object {
  return { type, timestamp: new Date().toISOString(), data };
}

function toSlack({ type, summary, project, target, requester, client, url, expires_at }: Notice): object {
  const what = type.replace('approval.', '').replaceAll('_', ' ');
  const lines = [
    `*Approval ${what}*: ${mrkdwn(summary)}`,
    `Project ${mrkdwn(project)}, ${mrkdwn(target)}`,
    `Asked for by ${mrkdwn(requester)} through ${mrkdwn(client)}`,
    `<${url}|Open the request>, until ${expires_at}`,
  ];
  return { text: lines.join('\n'), unfurl_links: false, unfurl_media: false };
}

/** Text that Slack shows as it is: its three control characters are escaped, those of its markup are left out. */
function mrkdwn(text: string): string {
  return sanitize(text, 200)
    .replace(/[*_~`|]/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** Why sending failed, without the address, which may hold a secret. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return error instanceof Error && error.message.startsWith('status ') ? error.message : 'no response';
}
