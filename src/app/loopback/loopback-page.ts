import { randomBytes } from 'node:crypto';
import { ApprovalJournal } from '../../calls/approval-journal.ts';
import type { Dependencies } from '../../calls/dependencies.ts';
import { replan } from '../../calls/replan.ts';
import { ANONYMOUS } from '../../core/caller.ts';
import { CmkError } from '../../core/errors.ts';
import { Decisions } from '../../guard/approval/decisions.ts';
import { PageApproval, type PlannedCall } from '../../guard/approval/page-approval.ts';
import type { ApprovalRequest } from '../../guard/approval/request.ts';
import { startLoopbackServer } from '../../server/http/approvals/loopback-server.ts';
import { OneTimeCodes } from '../../server/http/approvals/one-time-codes.ts';
import type { Notice } from '../../telemetry/notice.ts';
import { LoopbackPort } from './loopback-port.ts';
import { LoopbackStore } from './loopback-store.ts';

/** What the page is made from. */
export interface LoopbackConfig {
  /** Maximum time that a request is pending, in milliseconds. */
  readonly approvalTimeoutMs: number;
  /** How long an approval can be used once it is given, in milliseconds. */
  readonly approvedMs: number;
  /** Whether a browser can be opened. */
  readonly desktop: boolean;
  /** Whether this process makes one request at most: a command does. */
  readonly once: boolean;
}

/** One person decides alone: the one at this machine. */
const RULE = { who: 'self', needed: 1 } as const;

/** Approval on a page on loopback, which this process shows to the person at its machine. */
export class LoopbackPage {
  readonly #config: LoopbackConfig;
  readonly #log: (line: string) => void;
  readonly #codes = new OneTimeCodes();
  readonly #store: LoopbackStore;
  readonly #port: LoopbackPort;
  readonly #approval: PageApproval;
  readonly #decisions: Decisions;

  constructor(config: LoopbackConfig, dependencies: Dependencies) {
    const { approvalTimeoutMs: pendingMs, approvedMs, once } = config;
    this.#config = config;
    this.#log = dependencies.log;
    const [voteKey, sessionKey] = [randomBytes(32), randomBytes(32)];
    const store = new LoopbackStore({ once, onCreated: () => this.#port.open() });
    const urlOf = (id: string) => `${this.#port.origin}/approvals/${id}`;
    const journal = new ApprovalJournal(dependencies.audit, urlOf, (notice) => {
      if (notice.type === 'approval.requested') void this.#present(notice);
    });
    this.#store = store;
    this.#approval = new PageApproval({ store, voteKey, rule: RULE, urlOf, pendingMs, journal, waitsAtOnce: true });
    const decisions = new Decisions({
      store,
      voteKey,
      approvedMs,
      journal,
      replan: (record) => replan(record, dependencies),
    });
    this.#decisions = decisions;
    const page = { decisions, codes: this.#codes, sessionKey, sessionS: Math.ceil(pendingMs / 1_000) };
    this.#port = new LoopbackPort(
      () => startLoopbackServer({ ...page, log: this.#log }),
      () => store,
    );
  }

  /** As `PageApproval.approve`. Nothing that a client sends counts here, neither for a request nor against it. */
  async approve(request: ApprovalRequest, call: PlannedCall): Promise<readonly string[]> {
    try {
      return await this.#approval.approve(request, call, { supportsUrl: false });
    } catch (error) {
      if (!(error instanceof CmkError) || error.code !== 'approval_pending' || !error.approval) throw error;
      const { url } = error.approval;
      const where = this.#config.desktop
        ? `on the page that this server opened in their browser, ${url}`
        : `on ${url}; the link that signs them in is on the standard error of this server`;
      throw new CmkError('approval_pending', `A person has to approve this first, ${where}.`, {
        approval: error.approval,
      });
    }
  }

  /** Withdraws what is pending or approved and not used, and closes the port. */
  async close(): Promise<void> {
    this.#store.refuseMore();
    const owner = { id: ANONYMOUS, name: 'the end of the process', scopes: [], authTime: 0 };
    const open = (await this.#decisions.list(owner)).filter(({ mayWithdraw }) => mayWithdraw);
    // One that was decided or used meanwhile is not to be withdrawn; one whose record cannot be written is.
    await Promise.allSettled(open.map(({ record }) => this.#decisions.withdraw(record.id, owner)));
    await this.#port.close();
  }

  /** Shows a request to the person: by their browser, or else by a line that the operator reads. */
  async #present({ id, url, expires_at }: Notice): Promise<void> {
    const code = this.#codes.issue(id, Date.parse(expires_at));
    const link = `${new URL(url).origin}/approvals/sign-in#${code}`;
    if (!this.#config.desktop) return this.#log(`a person has to decide: open ${link}`);
    const onFailure = () => this.#log(`no browser could be opened; a person has to decide: open ${link}`);
    try {
      const { openBrowser } = await import('./browser.ts');
      await openBrowser(link, onFailure);
      this.#log(`waiting for a decision on ${url}, which was opened in the browser`);
    } catch {
      onFailure();
    }
  }
}
