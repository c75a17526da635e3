import { AivenClient } from '../../aiven/client.ts';
import { type Connection, reach } from '../../aiven/http.ts';
import { CmkError } from '../../core/errors.ts';
import type { Config } from '../config/config.ts';
import { createDependencies, type Terminal } from '../wiring.ts';

/** How long each look takes at most, in milliseconds. */
const LOOK_MS = 10_000;

/** How far this machine's clock may be from the API's before tokens and audit lines suffer, in milliseconds. */
const SKEW_MS = 60_000;

/** One line of the examination: what was looked at, whether it is ok, and what to do where it is not. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly text: string;
}

/** Prints a line for each thing that a call needs. Resolves with 1 when one of them is not in order. */
export async function doctor(config: Config, terminal: Terminal): Promise<number> {
  const { connection } = createDependencies(config, terminal);
  const projects = config.sandbox && config.projects.length === 0 ? ['sandbox'] : config.projects;
  const findings = await diagnose(connection, projects);
  for (const { what, ok, text } of findings)
    terminal.print(`${ok ? 'ok  ' : 'FAIL'}  ${what}: ${connection.token.redact(text)}`);
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

/** Checks everything that a call needs, and names the fix of what is missing. */
async function diagnose(connection: Connection, projects: readonly string[]): Promise<Finding[]> {
  const findings: Finding[] = [{ what: 'settings', ok: true, text: 'understood' }];
  const api = await reach(connection, LOOK_MS);
  if (!api) {
    const text = `${connection.origin} does not answer: check the network, the proxy and AIVEN_API_ORIGIN`;
    return [...findings, { what: 'API', ok: false, text }];
  }
  findings.push({ what: 'API', ok: true, text: `${connection.origin} answers` });
  if (api.date !== undefined) findings.push(clock(api.date));
  if (projects.length === 0) {
    const text = 'not looked at: give --project NAME to see whether the token is valid there and its role enough';
    return [...findings, { what: 'token, project, role', ok: true, text }];
  }
  for (const project of projects) findings.push(await diagnoseProject(connection, project));
  return findings;
}

function clock(date: number): Finding {
  const seconds = Math.round((Date.now() - date) / 1_000);
  if (Math.abs(seconds) * 1_000 <= SKEW_MS)
    return { what: 'clock', ok: true, text: `within ${SKEW_MS / 1_000} s of the API's` };
  const text = `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the API's: set it by NTP`;
  return { what: 'clock', ok: false, text };
}

async function diagnoseProject(connection: Connection, project: string): Promise<Finding> {
  const what = `project ${project}`;
  try {
    const { cmks } = await AivenClient.forReads(connection, LOOK_MS).list(project);
    return { what, ok: true, text: `visible, the token is valid and its role enough; ${cmks.length} CMKs` };
  } catch (thrown) {
    const { message, hint } = CmkError.from(thrown).toBody();
    return { what, ok: false, text: `${message} ${hint}` };
  }
}
