import { CmkError } from '../../core/errors.ts';
import type { ApprovalRecord } from './record.ts';

/** The caller has too many pending requests, or the store too many records. */
export function tooMany(): CmkError {
  return new CmkError('approval_unavailable', 'Too many requests wait for a decision already.', {
    hint: 'Nothing was deleted or moved. Tell the user that requests wait for a decision on the approval page, and call again once some are decided or withdrawn there.',
    retryable: true,
  });
}

/** The store has lost a request that a call waited for. */
export function gone(): CmkError {
  return new CmkError('approval_unavailable', 'The request for approval is not kept any more.', {
    hint: 'Nothing was deleted or moved. Call again with the same arguments: a person is then asked anew.',
    retryable: true,
  });
}

/** The store says that a request is approved, but too few of its votes count. */
export function invalid(): CmkError {
  const message = 'The stored approval does not count under the keys and rules of this deployment.';
  return new CmkError('approval_unavailable', message, {
    hint: 'Nothing was deleted or moved. Tell the user and the operator: the signing key or the rules changed, or somebody else wrote to the approval store. Another call asks a person anew.',
  });
}

/** Somebody declined this plan a moment ago. */
export function coolingDown(target: string, ms: number): CmkError {
  const seconds = Math.ceil(ms / 1_000);
  const message = `A person declined for ${target} just now; nobody is asked again for ${seconds} s.`;
  return new CmkError('approval_declined', message);
}

/** Why a record approves nothing. */
export function closed({ state, target }: ApprovalRecord): CmkError {
  if (state === 'declined') return new CmkError('approval_declined', `A person declined for ${target}.`);
  if (state === 'withdrawn') return new CmkError('approval_withdrawn', `The request about ${target} was withdrawn.`);
  if (state === 'stale')
    return new CmkError('approval_stale', `What the person was shown about ${target} has changed since.`);
  if (state === 'used') return new CmkError('approval_used', `The approval about ${target} was used before.`);
  return new CmkError('approval_timed_out', `Nobody approved for ${target} in time.`);
}
