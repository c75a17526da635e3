import type { TextResourceContents } from '@modelcontextprotocol/server';
import type { Dependencies } from '../calls/dependencies.ts';
import type { Caller } from '../core/caller.ts';
import { CmkError } from '../core/errors.ts';
import type { View } from './view.ts';

/** The resource that lists projects, so that an agent need not guess a name. */
export const PROJECTS = {
  uri: 'aiven://projects',
  name: 'projects',
  title: 'Aiven projects',
  description: 'Names of the projects that calls can name',
  mimeType: 'application/json',
};

/** Maximum time to read the projects for the resource, in milliseconds. */
const RESOURCE_MS = 10_000;

/** Returns the contents of the resource. @throws CmkError */
export async function readProjectsResource(
  caller: Caller,
  view: View,
  dependencies: Dependencies,
): Promise<TextResourceContents> {
  const projects = await readProjects(caller, view, dependencies, RESOURCE_MS, 'resource');
  return { uri: PROJECTS.uri, mimeType: PROJECTS.mimeType, text: JSON.stringify({ projects }) };
}

/**
 * Returns the names of the projects that the server's settings or its policy name, without a request; or else of those that the
 * token can see and the caller may use, with a line in the audit log. None for a caller that may not read them.
 * @throws CmkError
 */
export async function readProjects(
  caller: Caller,
  view: View,
  dependencies: Dependencies,
  timeoutMs: number,
  event: 'completion' | 'resource',
): Promise<readonly string[]> {
  if (view.projects.length > 0 || !view.mayReadProjects) return view.projects;
  return readNoted(caller, dependencies, event, {}, async ({ AivenClient }) => {
    const projects = await AivenClient.forReads(dependencies.connection, timeoutMs).projects();
    return projects.filter(view.mayUse);
  });
}

/** Makes a read outside a call, and writes a line about it to the audit log. @throws CmkError */
export function readNoted<T>(
  { name, issuer, address }: Caller,
  { inFlight, load, audit, log }: Dependencies,
  event: 'completion' | 'resource',
  fields: object,
  read: (lazy: Awaited<ReturnType<Dependencies['load']>>) => Promise<T>,
): Promise<T> {
  const record = (outcome: string) =>
    audit.note(event, { caller: name, issuer, address, ...fields, outcome }).catch((error: unknown) => {
      log(`the audit record of a ${event} could not be written: ${String(error)}`);
    });
  const noted = async () => {
    try {
      const found = await read(await load());
      await record('ok');
      return found;
    } catch (error) {
      await record(CmkError.from(error).code);
      throw error;
    }
  };
  return inFlight.call(noted());
}
