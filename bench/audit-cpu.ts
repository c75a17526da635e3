import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HttpServer, measureHttpCpu, OUR_HTTP } from './http-cpu.ts';

/** Number of calls in flight. */
export const AUDIT_IN_FLIGHT = 50;

/** Number of processes of each server: two of the same program differ as long as they live, by how they were compiled. */
const PROCESSES = 5;

/** Processor time per call over HTTP, run by run, in milliseconds. */
export interface AuditCpu {
  readonly withFile: readonly number[];
  readonly withoutFile: readonly number[];
}

/**
 * Measures calls of servers with an audit file and of servers without, in turn, and in the opposite order for every other pair of
 * processes. @throws Error if the file lacks lines of calls.
 */
export async function measureAuditCpu(runs: number, calls: number): Promise<AuditCpu> {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-audit-'));
  const file = join(folder, 'audit.jsonl');
  const audited: HttpServer = {
    ...OUR_HTTP,
    program(api) {
      const { args, env } = OUR_HTTP.program(api);
      return { args, env: { ...env, AIVEN_CMK_AUDIT_FILE: file } };
    },
  };
  try {
    const withFile: number[] = [];
    const withoutFile: number[] = [];
    for (let pair = 0; pair < PROCESSES; pair += 1) {
      const isFirst = pair % 2 === 0;
      const servers = isFirst ? [audited, OUR_HTTP] : [OUR_HTTP, audited];
      const times = await measureHttpCpu(servers, Math.ceil(runs / PROCESSES), calls, AUDIT_IN_FLIGHT);
      withFile.push(...(times[isFirst ? 0 : 1] ?? []));
      withoutFile.push(...(times[isFirst ? 1 : 0] ?? []));
    }
    const written = readFileSync(file, 'utf8').split('\n').length - 1;
    if (written < calls * runs) throw new Error(`The audit file has ${written} lines of over ${calls * runs} calls.`);
    return { withFile, withoutFile };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
