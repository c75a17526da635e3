import type { ApprovalStore } from './store.ts';

/** Returns a store that does what the given one does, and calls `onFailure` for each method that rejects. */
export function observeStore(store: ApprovalStore, onFailure: () => void): ApprovalStore {
  const observed = async <T>(result: Promise<T>): Promise<T> => {
    try {
      return await result;
    } catch (error) {
      onFailure();
      throw error;
    }
  };
  return {
    request: (record) => observed(store.request(record)),
    get: (id) => observed(store.get(id)),
    find: (requesterId, operation) => observed(store.find(requesterId, operation)),
    list: () => observed(store.list()),
    vote: (id, vote, approvedMs) => observed(store.vote(id, vote, approvedMs)),
    close: (id, state) => observed(store.close(id, state)),
    consume: (id, plan, callId) => observed(store.consume(id, plan, callId)),
    changed: (id, state, milliseconds, signal) => observed(store.changed(id, state, milliseconds, signal)),
    check: () => observed(store.check()),
  };
}
