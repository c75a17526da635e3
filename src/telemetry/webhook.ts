import { createHmac, randomUUID } from 'node:crypto';
import type { Secret } from '../core/secret.ts';
import { type Notice, toSlack, toStandard } from './notice.ts';
import type { WebhookFormat } from './webhook-formats.ts';

/** How often a notice is tried in all, and how long to wait before the next try, in milliseconds. */
const TRIES = 3;
const RETRY_MS = 1_000;

/** Maximum time of one try, in milliseconds. */
const TRY_MS = 5_000;

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

/** Why sending failed, without the address, which may hold a secret. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return error instanceof Error && error.message.startsWith('status ') ? error.message : 'no response';
}
