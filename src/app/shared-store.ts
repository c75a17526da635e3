import type { Secret } from '../core/secret.ts';
import { observeStore } from '../guard/approval/observed-store.ts';
import type { ApprovalStore } from '../guard/approval/store.ts';
import { connectValkey, keyPrefix, type ValkeyClient } from '../guard/approval/valkey.ts';
import { ValkeyStore } from '../guard/approval/valkey-store.ts';
import type { Observer } from '../telemetry/observer.ts';

/** What the replicas of a deployment share: requests for approval and counts of requests, over one connection. */
export interface SharedStore {
  readonly client: ValkeyClient;
  /** What all keys of the deployment begin with. */
  readonly prefix: string;
  readonly approvals: ApprovalStore;
}

/** What connecting takes. */
interface Options {
  readonly url: Secret;
  /** Tells deployments that share a store apart. */
  readonly namespace: string;
  readonly observer: Observer | undefined;
  readonly log: (line: string) => void;
}

/** Connects to the store of a deployment. A store that is away stops no start. */
export async function connectSharedStore({ url, namespace, observer, log }: Options): Promise<SharedStore> {
  const client = await connectValkey(url, log);
  const store = new ValkeyStore(client, { namespace, log });
  const approvals = observeStore(store, () => observer?.storeFailure());
  return { client, prefix: keyPrefix(namespace), approvals };
}
