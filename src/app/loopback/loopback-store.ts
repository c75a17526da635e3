import { CmkError } from '../../core/errors.ts';
import { MemoryStore } from '../../guard/approval/memory-store.ts';
import type { NewRecord, RequestOutcome } from '../../guard/approval/store.ts';

/** What a store tells of its requests. */
interface Options {
  /** Called for a new request, before anybody knows of it. If it rejects, the request is withdrawn. */
  readonly onCreated: () => Promise<void>;
  /** Whether this process makes one request and no second one after it: a command that repeats its call does. */
  readonly once: boolean;
}

/** Keeps requests for approval in this process, and takes none once it is closed. */
export class LoopbackStore extends MemoryStore {
  readonly #options: Options;
  #made: NewRecord | undefined;
  #closed = false;

  constructor(options: Options) {
    super();
    this.#options = options;
  }

  /** @throws CmkError `approval_unavailable`, `approval_timed_out`, `approval_stale`. */
  override async request(wanted: NewRecord): Promise<RequestOutcome> {
    if (this.#closed) throw new CmkError('approval_unavailable', 'The server is ending, and asks nobody any more.');
    await this.#refuseSecond(wanted);
    const outcome = await super.request(wanted);
    if (outcome.kind !== 'created') return outcome;
    this.#made = wanted;
    try {
      await this.#options.onCreated();
    } catch (error) {
      await this.close(outcome.record.id, 'withdrawn');
      throw error;
    }
    return outcome;
  }

  /** Takes no request from now on. Those that are kept can be decided and withdrawn. */
  refuseMore(): void {
    this.#closed = true;
  }

  async #refuseSecond({ plan, target }: NewRecord): Promise<void> {
    if (!this.#options.once || !this.#made) return;
    if (this.#made.plan !== plan) {
      throw new CmkError('approval_stale', `What the person was shown about ${target} has changed since.`);
    }
    const made = await this.get(this.#made.id);
    if (made?.state !== 'expired') return;
    throw new CmkError('approval_timed_out', `Nobody approved for ${target} in time.`);
  }
}
