import {
  type CompleteRequestParams,
  type CompleteResult,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import { PROVIDERS } from '../aiven/kms/providers.ts';
import type { Dependencies } from '../calls/dependencies.ts';
import type { Caller } from '../core/caller.ts';
import { readNoted, readProjects } from './projects.ts';
import type { View } from './view.ts';

/** Maximum time that a completion may take to read keys, in milliseconds. */
const COMPLETION_MS = 3_000;

/** Maximum number of values in one completion (MCP, "Completion"). */
const VALUES_MAX = 100;

/**
 * Returns the completions of a prompt's argument: projects, providers and, for a caller that may read them, ids of keys.
 * @throws ProtocolError unless the reference is a prompt of this server.
 */
export async function complete(
  { ref, argument, context }: CompleteRequestParams,
  caller: Caller,
  view: View,
  dependencies: Dependencies,
): Promise<CompleteResult> {
  if (ref.type !== 'ref/prompt' || !view.runbooks.some((name) => name === ref.name)) {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such prompt to complete.');
  }
  const known = await candidates(argument.name, context?.arguments?.project, caller, view, dependencies);
  const values = known.filter((each) => each.startsWith(argument.value));
  return {
    completion: {
      values: values.slice(0, VALUES_MAX),
      total: values.length,
      hasMore: values.length > VALUES_MAX,
    },
  };
}

async function candidates(
  name: string,
  project: string | undefined,
  caller: Caller,
  view: View,
  dependencies: Dependencies,
): Promise<readonly string[]> {
  const { projects, connection } = dependencies;
  if (name === 'provider') return PROVIDERS;
  // The request itself does not fail when nothing can be completed.
  if (name === 'project') {
    return readProjects(caller, view, dependencies, COMPLETION_MS, 'completion').catch(() => []);
  }
  if (name !== 'cmk_id' || (caller.scopes && !caller.scopes.includes('cmk:read'))) return [];
  const [only, ...more] = projects;
  const named = project ?? (more.length === 0 ? only : undefined);
  if (named === undefined || (projects.length > 0 && !projects.includes(named)) || !view.mayListKeys(named)) return [];
  return readNoted(caller, dependencies, 'completion', { project: named }, async ({ AivenClient }) => {
    const { cmks } = await AivenClient.forReads(connection, COMPLETION_MS).list(named);
    return cmks.map(({ id }) => id);
  }).catch(() => []);
}
