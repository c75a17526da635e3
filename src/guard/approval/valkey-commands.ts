import { z } from 'zod';
import { CmkError } from '../../core/errors.ts';
import { describeFailure, type ValkeyClient } from './valkey.ts';
import type { Script } from './valkey-scripts.ts';

/** What every script answers. */
const Reply = z
  .tuple([z.string(), z.string(), z.string(), z.array(z.string()), z.number(), z.string(), z.array(z.string())])
  .transform(([outcome, id, state, fields, number, staleId, staleFields]) => ({
    outcome,
    id,
    state,
    fields,
    number,
    stale: { id: staleId, state: 'stale', fields: staleFields },
  }));
export type Reply = z.infer<typeof Reply>;

/**
 * Runs a script on the server, which knows it by its digest from the second time on.
 * @throws CmkError `approval_unavailable`.
 */
export async function runScript(
  client: ValkeyClient,
  { text, sha }: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<Reply> {
  const reply = await attempt(() =>
    client.evalsha(sha, keys.length, ...keys, ...args).catch((error: unknown) => {
      if (describeFailure(error) !== 'NOSCRIPT') throw error;
      return client.eval(text, keys.length, ...keys, ...args);
    }),
  );
  const { data } = Reply.safeParse(reply);
  if (!data) throw unavailable('unexpected reply');
  return data;
}

/**
 * Returns what a command returns.
 * @throws CmkError `approval_unavailable`, without its cause, which holds the command and with it what is stored.
 */
export async function attempt<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw unavailable(describeFailure(error));
  }
}

export function unavailable(reason: string): CmkError {
  return new CmkError('approval_unavailable', `The approval store does not work (${reason}).`, {
    hint: 'Nothing was deleted or moved. Call again in a minute, and tell the operator if the store stays away. Reads go on.',
    retryable: true,
  });
}
