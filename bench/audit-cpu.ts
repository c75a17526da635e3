import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HttpServer, measureHttpCpu, OUR_HTTP } from './http-cpu.ts';

/** Number of calls in flight. */
export const AUDIT_IN_FLIGHT = 50;

/** Processor time per call over HTTP, run by run, in milliseconds. */
export interface AuditCpu {
  readonly withFile: readonly number[];
  readonly withoutFile: readonly number[];
}

/** Measures calls of a server with an audit file and of one without, in turn. @throws Error if the file lacks lines of calls. */
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
    const [withFile = [], withoutFile = []] = await measureHttpCpu([audited, OUR_HTTP], runs, calls, AUDIT_IN_FLIGHT);
    const written = readFileSync(file, 'utf8').split('\n').length - 1;
    if (written < calls * runs) throw new Error(`The audit file has ${written} lines of over ${calls * runs} calls.`);
    return { withFile, withoutFile };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
