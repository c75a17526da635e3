import type { Fetch } from '../aiven/fetch/fetch.ts';
import { ApprovalJournal } from '../calls/approval-journal.ts';
import type { Dependencies } from '../calls/dependencies.ts';
import { replan } from '../calls/replan.ts';
import { within } from '../core/within.ts';
import { Decisions } from '../guard/approval/decisions.ts';
import { MemoryStore } from '../guard/approval/memory-store.ts';
import { PageApproval } from '../guard/approval/page-approval.ts';
import { SigningKey } from '../guard/approval/signing-key.ts';
import type { ApprovalStore } from '../guard/approval/store.ts';
import { Webhook } from '../telemetry/webhook.ts';
import type { Config } from './config/config.ts';
import { isLoopback } from './config/parsers.ts';
import { createFetch, deploymentOf } from './wiring.ts';

/** How long the end of a process waits for notices that are being sent, in milliseconds. */
const NOTICES_MS = 3_000;

/** Approval by a page of this server, for the length of a process. */
export interface ApprovalPage {
  /** The gate of calls. */
  readonly approval: PageApproval;
  /** What people who signed in on the page may do. */
  readonly decisions: Decisions;
  readonly store: ApprovalStore;
  /** Whether other replicas see the same requests. */
  readonly storeName: 'memory' | 'shared';
  /** The origin of the page, as browsers see it. */
  readonly publicOrigin: string;
  /** The keys of sessions on the page, and of what is kept in a browser while a person signs in. */
  readonly sessionKey: Uint8Array;
  readonly signInKey: Uint8Array;
  /** Resolves when notices are sent, or had their time. */
  close(): Promise<void>;
}

/** The settings of a process that has a page. */
export type PageConfig = Config & { readonly publicUrl: string };

/** What a page reaches beyond this process. */
export interface Outside {
  /** Carries requests to other machines. */
  readonly fetch: Fetch;
  /** What replicas share; absent where requests for approval are kept in this process. */
  readonly shared: ApprovalStore | undefined;
}

/** Creates it. */
export function createApprovalPage(
  config: PageConfig,
  dependencies: Dependencies,
  { fetch, shared }: Outside,
): ApprovalPage {
  const { secrets, approver, approvalsNeeded, approvalTimeoutMs, approvedMs } = config;
  const { connection, audit, observer } = dependencies;
  const publicOrigin = new URL(config.publicUrl).origin;
  const urlOf = (id: string) => `${publicOrigin}/approvals/${id}`;
  const key = new SigningKey(secrets.signingKey ?? connection.token, deploymentOf(config));
  const webhook = createWebhook(config, fetch, dependencies);
  const journal = new ApprovalJournal(audit, urlOf, (notice) => {
    observer?.approvalEvent(notice.type);
    webhook?.send(notice);
  });
  const store = shared ?? new MemoryStore();
  const voteKey = key.derive('vote');
  const rule = { who: approver, needed: approvalsNeeded };
  return {
    approval: new PageApproval({ store, voteKey, rule, urlOf, pendingMs: approvalTimeoutMs, journal }),
    decisions: new Decisions({
      store,
      voteKey,
      approvedMs,
      journal,
      replan: (record) => replan(record, dependencies),
    }),
    store,
    storeName: shared ? 'shared' : 'memory',
    publicOrigin,
    sessionKey: key.derive('session'),
    signInKey: key.derive('sign-in'),
    close: () => within(NOTICES_MS, webhook?.settled()),
  };
}

function createWebhook({ secrets, webhookFormat }: Config, fetch: Fetch, { log, observer }: Dependencies) {
  const { webhookUrl: url, webhookKey: key } = secrets;
  if (!url) return undefined;
  // A proxy could not reach this machine's own loopback.
  const direct = isLoopback(new URL(url.expose()).hostname);
  const onFailure = () => observer?.webhookFailure();
  return new Webhook({
    url,
    key,
    format: webhookFormat,
    fetch: direct ? createFetch(undefined) : fetch,
    log,
    onFailure,
  });
}
