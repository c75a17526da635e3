import { AivenClient } from '../../aiven/client.ts';
import { type Connection, reach } from '../../aiven/http.ts';
import { CmkError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import type { Command } from '../config/config.ts';
import { showUnlessSecret } from '../config/invalid-setting.ts';
import { createConnection, createFetch, type Terminal } from '../wiring.ts';

/** Maximum time of each check, in milliseconds. */
const CHECK_MS = 10_000;

/** Maximum difference between this machine's clock and the API's, in milliseconds; a larger one makes tokens and audit times wrong. */
const SKEW_MS = 60_000;

/** Result of a check: correct; works but should be changed; wrong; or not checked, for the reason in the text. */
type Status = 'ok' | 'WARN' | 'FAIL' | 'SKIP';

/** One line of the diagnosis: the thing checked, the result, and the fix. */
export interface Finding {
  readonly what: string;
  readonly status: Status;
  readonly text: string;
}

/**
 * Checks what a call needs and prints a line for each, or all as JSON. Resolves with the exit code: 1 if something is wrong,
 * otherwise 0.
 */
export async function doctor(
  { config, tokenError, json }: Extract<Command, { kind: 'doctor' }>,
  terminal: Terminal,
): Promise<number> {
  // If the token cannot be read, an empty one stands in its place, with which no API request is sent; with none the sandbox would be used.
  const settings = tokenError ? { ...config, token: new Secret('') } : config;
  const connection = createConnection(settings, createFetch(config.proxies));
  const projects = config.sandbox && config.projects.length === 0 ? ['sandbox'] : config.projects;
  const warnings = config.warnings.map((text): Finding => ({ what: 'settings', status: 'WARN', text }));
  const findings = [
    { what: 'settings', status: 'ok', text: 'understood' } as const,
    ...warnings,
    ...(await diagnose(connection, projects, tokenError)),
  ];
  const ok = findings.every(({ status }) => status !== 'FAIL');
  const text = json ? JSON.stringify({ ok, checks: findings }, null, 2) : findings.map(toLine).join('\n');
  terminal.print(connection.token.redact(text));
  return ok ? 0 : 1;
}

function toLine({ what, status, text }: Finding): string {
  return `${status.padEnd(4)}  ${what}: ${text}`;
}

/** Returns the result of each check of the API, the clock, the token and the projects. */
async function diagnose(
  connection: Connection,
  projects: readonly string[],
  tokenError: CmkError | undefined,
): Promise<Finding[]> {
  const origin = showUnlessSecret(connection.origin);
  const api = await reach(connection, CHECK_MS);
  const findings: Finding[] = [
    api
      ? { what: 'API', status: 'ok', text: `${origin} responds` }
      : {
          what: 'API',
          status: 'FAIL',
          text: `${origin} does not respond: check the network, the proxy and AIVEN_CMK_API_ORIGIN`,
        },
    api ? checkClock(api.date) : { what: 'clock', status: 'SKIP', text: 'not checked: the API does not respond' },
  ];
  if (tokenError) findings.push({ what: 'token', status: 'FAIL', text: tokenError.message });
  if (projects.length === 0) {
    const text = 'not checked: give --project NAME to see whether the token is valid there and its role sufficient';
    return [...findings, { what: 'token, project, role', status: 'SKIP', text }];
  }
  for (const project of projects) {
    const what = `project ${showUnlessSecret(project)}`;
    const missing = tokenError ? 'there is no token' : !api && 'the API does not respond';
    const skipped = { what, status: 'SKIP', text: `not checked: ${missing}` } as const;
    findings.push(missing ? skipped : { what, ...(await checkProject(connection, project)) });
  }
  return findings;
}

function checkClock(date: number | undefined): Finding {
  const what = 'clock';
  if (date === undefined) return { what, status: 'SKIP', text: 'not checked: the API sends no Date header' };
  const seconds = Math.round((Date.now() - date) / 1_000);
  if (Math.abs(seconds) * 1_000 <= SKEW_MS)
    return { what, status: 'ok', text: `within ${SKEW_MS / 1_000} s of the API's` };
  const text = `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the API's: set it by NTP`;
  return { what, status: 'FAIL', text };
}

async function checkProject(connection: Connection, project: string): Promise<Omit<Finding, 'what'>> {
  try {
    const { cmks } = await AivenClient.forReads(connection, CHECK_MS).list(project);
    return { status: 'ok', text: `visible, the token is valid and its role sufficient; ${cmks.length} CMKs` };
  } catch (thrown) {
    const { message, hint } = CmkError.from(thrown).toBody();
    return { status: 'FAIL', text: `${message} ${hint}` };
  }
}
