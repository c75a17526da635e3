import type { TextResourceContents } from '@modelcontextprotocol/server';
import type { Dependencies } from '../calls/dependencies.ts';
import type { Caller } from '../core/caller.ts';
import { CmkError } from '../core/errors.ts';
import { countThatFit, RESULT_MAX } from '../core/json-size.ts';
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

/** Size that is left for what stands beside the names where those are cut, in bytes. */
const NOTE_MAX = 200;

/** Returns the contents of the resource: as many names as fit into a result; where those are not all, with their number. @throws CmkError */
export async function readProjectsResource(
  caller: Caller,
  view: View,
  dependencies: Dependencies,
): Promise<TextResourceContents> {
  const projects = await readProjects(caller, view, dependencies, RESOURCE_MS, 'resource');
  const shown = projects.slice(0, countThatFit(projects, RESULT_MAX - NOTE_MAX));
  const isCut = shown.length < projects.length;
  const note = 'There are more than fit here. Ask the user for the name of one that is not shown; calls can name it.';
  const contents = { projects: shown, ...(isCut && { total: projects.length, note }) };
  return { uri: PROJECTS.uri, mimeType: PROJECTS.mimeType, text: JSON.stringify(contents) };
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
