import { randomBytes } from 'node:crypto';
import { attempt, pause } from './caller.ts';
import type { Deployment } from './deployment.ts';
import type { Findings } from './findings.ts';

/** How long a read may be tried again before it counts as lost, in milliseconds: far longer than any fault. */
const PATIENCE_MS = 60_000;

export const READERS = ['reader-1', 'reader-2', 'reader-3', 'reader-4', 'reader-5', 'reader-6'];
export const WRITERS = ['writer-1', 'writer-2'];

/** What all kinds of load take. */
export interface Load {
  readonly deployment: Deployment;
  readonly findings: Findings;
  readonly stopped: () => boolean;
}

/** Reads in turn, and repeats what fails as a client may, until it succeeds. */
export async function read({ deployment: { origin }, findings, stopped }: Load, caller: string): Promise<void> {
  for (let turn = 0; !stopped(); turn += 1) {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const { status, result, error } = await attempt(origin, caller, turn, 'aiven_cmk_list', {});
      findings.require(status !== -1, 'every call ends within its deadline');
      if (Array.isArray(result?.cmks)) break;
      findings.count(`reads repeated after ${error?.code ?? `status ${status}`}`);
      findings.require(error?.retryable !== false, `a read fails only for a while, not with ${error?.code}`);
      if (Date.now() > deadline) {
        findings.violate('no read is lost');
        break;
      }
      await pause(300);
    }
    findings.count('reads');
    await pause(300);
  }
}

/** A registration that a client made, and what it was told. */
export interface Registration {
  readonly resource: string;
  readonly told: string;
}

/** Registers keys, each once: a client may not repeat a write. */
export async function write(
  { deployment: { origin }, findings, stopped }: Load,
  caller: string,
  registrations: Registration[],
): Promise<void> {
  for (let turn = 0; !stopped(); turn += 1) {
    const resource = `arn:aws:kms:eu-west-1:123456789012:key/${caller}-${turn}`;
    const { status, result, error } = await attempt(origin, caller, turn, 'aiven_cmk_create', {
      provider: 'aws',
      resource,
    });
    findings.require(status !== -1, 'every call ends within its deadline');
    const told = result?.cmk ? 'ok' : (error?.code ?? `status ${status}`);
    registrations.push({ resource, told });
    findings.count(`registrations: ${told}`);
    await pause(400);
  }
}

/** Calls with tokens that nobody was given, among them some that look like the issuer's. */
export async function intrude({ deployment: { origin }, findings, stopped }: Load): Promise<void> {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  for (let turn = 0; !stopped(); turn += 1) {
    const noise = randomBytes(32).toString('base64url');
    const forged = `${part({ alg: 'RS256', typ: 'at+jwt', kid: noise })}.${part({ sub: 'bob', scope: 'cmk:delete' })}.${noise}`;
    const token = turn % 2 === 0 ? noise : forged;
    const { status } = await attempt(origin, 'nobody', turn, 'aiven_cmk_list', {}, {}, token);
    findings.require(status !== 200, 'no call without a valid token is served');
    findings.count(`calls with wrong tokens: status ${status}`);
    await pause(150);
  }
}

/** How long a flood may take to reach its limit, in milliseconds: less than the minute in which calls are counted. */
const FLOOD_MS = 50_000;

/** How many refusals end a flood. */
const REFUSALS = 100;

/** Calls as fast as it can, over both replicas, until it was refused many times. Resolves with the number of calls that were served. */
export async function flood({ deployment: { origin } }: Load, caller: string): Promise<number> {
  const end = Date.now() + FLOOD_MS;
  let served = 0;
  let refused = 0;
  const worker = async () => {
    while (Date.now() < end && refused < REFUSALS) {
      const { status } = await attempt(origin, caller, served, 'aiven_cmk_accessors', {});
      if (status === 200) served += 1;
      if (status === 429) refused += 1;
      if (status !== 200) await pause(20);
    }
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  return served;
}
