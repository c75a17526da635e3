import { Aiven } from '../aiven/client.ts';
import { type Connection, reach } from '../aiven/wire.ts';
import { CmkError } from '../errors.ts';

/** How long each look takes at most, in milliseconds. */
const LOOK_MS = 10_000;

/** How far this machine's clock may be from the API's before tokens and audit lines suffer, in milliseconds. */
const SKEW_MS = 60_000;

/** One line of the examination: what was looked at, whether it is well, and what to do where it is not. */
export interface Finding {
  readonly what: string;
  readonly well: boolean;
  readonly text: string;
}

/** Looks at all that a call needs, and names the fix of what is missing. */
export async function examine(connection: Connection, projects: readonly string[]): Promise<Finding[]> {
  const findings: Finding[] = [{ what: 'settings', well: true, text: 'understood' }];
  const api = await reach(connection, LOOK_MS);
  if (!api) {
    const text = `${connection.origin} does not answer: check the network, the proxy and AIVEN_API_ORIGIN`;
    return [...findings, { what: 'API', well: false, text }];
  }
  findings.push({ what: 'API', well: true, text: `${connection.origin} answers` });
  if (api.date !== undefined) findings.push(clock(api.date));
  if (projects.length === 0) {
    const text = 'not looked at: give --project NAME to see whether the token is valid there and its role enough';
    return [...findings, { what: 'token, project, role', well: true, text }];
  }
  for (const project of projects) findings.push(await examineProject(connection, project));
  return findings;
}

function clock(date: number): Finding {
  const seconds = Math.round((Date.now() - date) / 1_000);
  if (Math.abs(seconds) * 1_000 <= SKEW_MS)
    return { what: 'clock', well: true, text: `within ${SKEW_MS / 1_000} s of the API's` };
  const text = `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the API's: set it by NTP`;
  return { what: 'clock', well: false, text };
}

async function examineProject(connection: Connection, project: string): Promise<Finding> {
  const what = `project ${project}`;
  try {
    const { cmks } = await Aiven.forLooks(connection, LOOK_MS).list(project);
    return { what, well: true, text: `visible, the token is valid and its role enough; ${cmks.length} CMKs` };
  } catch (thrown) {
    const { message, hint } = CmkError.from(thrown).toBody();
    return { what, well: false, text: `${message} ${hint}` };
  }
}
