import { setTimeout as sleep } from 'node:timers/promises';
import { CmkError } from '../../core/errors.ts';
import type { ApprovalStore } from '../../guard/approval/store.ts';
import type { LoopbackServer } from '../../server/http/approvals/loopback-server.ts';

/** How long the page can be seen after the last decision, in milliseconds. */
const SHOWN_MS = 5_000;

/** How long a request is watched before it is looked at again, in milliseconds. */
const WATCHED_MS = 60_000;

/** Keeps the page's port open while a request is pending, and a little longer. */
export class LoopbackPort {
  readonly #start: () => Promise<LoopbackServer>;
  readonly #store: () => ApprovalStore;
  readonly #ended = new AbortController();
  #server: Promise<LoopbackServer> | undefined;
  #origin = '';
  /** Counts requests, so that one that comes while the port is about to close keeps it open. */
  #requests = 0;

  constructor(start: () => Promise<LoopbackServer>, store: () => ApprovalStore) {
    this.#start = start;
    this.#store = store;
  }

  /** The origin of the page, where it was last opened. */
  get origin(): string {
    return this.#origin;
  }

  /** Opens the port unless it is open. @throws CmkError `approval_unavailable` where this machine has none. */
  async open(): Promise<void> {
    if (this.#ended.signal.aborted) throw new CmkError('approval_unavailable', 'The approval page was closed.');
    this.#requests += 1;
    this.#server ??= this.#listen();
    await this.#server;
  }

  /** Closes the port now. */
  async close(): Promise<void> {
    this.#ended.abort();
    const server = this.#server;
    this.#server = undefined;
    await (await server?.catch(() => undefined))?.close();
  }

  async #listen(): Promise<LoopbackServer> {
    const server = await this.#start().catch((cause) => {
      this.#server = undefined;
      throw new CmkError('approval_unavailable', 'The approval page cannot listen on 127.0.0.1.', { cause });
    });
    this.#origin = server.origin;
    void this.#closeWhenIdle(server);
    return server;
  }

  async #closeWhenIdle(server: LoopbackServer): Promise<void> {
    const { signal } = this.#ended;
    const isCurrent = () => this.#server !== undefined && !signal.aborted;
    for (let seen = -1; seen !== this.#requests && isCurrent(); ) {
      seen = this.#requests;
      await this.#decided(signal);
      await sleep(SHOWN_MS, undefined, { signal, ref: false }).catch(() => {}); // Aborted: the page closes.
    }
    if (!isCurrent()) return;
    this.#server = undefined;
    await server.close();
  }

  /** Resolves when no request is pending. */
  async #decided(signal: AbortSignal): Promise<void> {
    const store = this.#store();
    for (;;) {
      const pending = (await store.list()).find(({ state }) => state === 'pending');
      if (!pending || signal.aborted) return;
      await store.changed(pending.id, 'pending', WATCHED_MS, signal);
    }
  }
}
