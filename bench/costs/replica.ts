import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SANDBOX_TOKEN } from '../../src/aiven/sandbox/token.ts';
import { cpuMs, lineOf, ours, residentMib, start } from '../child.ts';
import type { Api } from './api.ts';

/** What a start of a replica took. */
export interface Start {
  /** From spawn until it listens, in milliseconds. */
  readonly listeningMs: number;
  /** From spawn until `/readyz` responds with 200, in milliseconds. */
  readonly readyMs: number;
  /** Processor time until then, in milliseconds. */
  readonly cpuMs: number;
  /** Memory at that time, in MiB. */
  readonly memoryMib: number;
}

/** A replica of the built server. */
export interface MeasuredReplica {
  readonly origin: string;
  readonly child: ChildProcess;
  readonly start: Start;
  /** Ends it as an upgrade does. */
  stop(): Promise<void>;
}

/** Limits that are never reached. */
export const NO_LIMITS = { AIVEN_CMK_HTTP_PER_MINUTE: '1000000', AIVEN_CMK_HTTP_CONCURRENT: '10000' };

/** What every measured replica has: metrics, as in the manifests. */
const COMMON = { AIVEN_TOKEN: SANDBOX_TOKEN, AIVEN_CMK_METRICS: '127.0.0.1:0' };

/** Starts a replica. @throws Error if it is not ready at once. */
export async function startReplica(
  api: Api,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = ['--http', '0'],
): Promise<MeasuredReplica> {
  await fetch(api.origin); // The first request of this process takes time that is not the replica's.
  const began = performance.now();
  const child = start(ours(args, { ...COMMON, AIVEN_API_ORIGIN: api.origin, ...env }));
  child.stdout.resume();
  const { origin } = new URL(await lineOf(child.stderr, /listening on (http\S+)/));
  const listeningMs = performance.now() - began;
  const { status } = await fetch(`${origin}/readyz`);
  if (status !== 200) throw new Error(`The replica is not ready: /readyz responded with ${status}.`);
  const readyMs = performance.now() - began;
  return {
    origin,
    child,
    start: { listeningMs, readyMs, cpuMs: cpuMs(child.pid), memoryMib: residentMib(child.pid) },
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Starts a replica several times, one after the other. Returns the last one, and all starts. */
export async function startReplicas(
  count: number,
  ...how: Parameters<typeof startReplica>
): Promise<{ readonly replica: MeasuredReplica; readonly starts: readonly Start[] }> {
  const starts: Start[] = [];
  for (;;) {
    const replica = await startReplica(...how);
    starts.push(replica.start);
    if (starts.length >= count) return { replica, starts };
    await replica.stop();
  }
}

/** A file of static tokens, which are their callers' names. */
export interface TokensFile {
  readonly path: string;
  remove(): void;
}

/** Writes the file for callers with all scopes; a person owns their tokens where a name is given. */
export function writeTokensFile(callers: readonly string[], owner?: string): TokensFile {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-bench-'));
  const path = join(folder, 'tokens');
  const lines = callers.map((caller) => {
    const hash = createHash('sha256').update(tokenOf(caller)).digest('hex');
    return `${caller} cmk:read,cmk:write,cmk:delete ${hash}${owner === undefined ? '' : ` owner=${owner}`}\n`;
  });
  writeFileSync(path, lines.join(''), { mode: 0o600 });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Returns the bearer token of a caller in such a file. */
export function tokenOf(caller: string): string {
  return createHash('sha256').update(`bench ${caller}`).digest('hex');
}
