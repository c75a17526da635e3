import { spawnSync } from 'node:child_process';
import type { Check } from '../expectations.ts';
import { loadBefore } from '../quiet.ts';
import { startApi } from './api.ts';
import { measureApprovals } from './approvals.ts';
import { costTable, replicaTable } from './cost-tables.ts';
import { measureLimits } from './limits.ts';
import { measureReads } from './reads.ts';

/** How much is measured. */
export interface CostRuns {
  /** Runs of each kind of call, besides the first, which does not count. */
  readonly runs: number;
  /** Calls in a run. */
  readonly calls: number;
  /** Approved deletions in a run. */
  readonly approvals: number;
}

/**
 * Measures what calls cost one replica, and what a replica takes. Returns tables in Markdown, the load average before them
 * included. Approvals need `redis-server`; where it is not installed, the text says so. `check` gets what is expected and whether
 * it holds.
 */
export async function measureCosts({ runs, calls, approvals }: CostRuns, check: Check): Promise<string> {
  const load = loadBefore();
  const api = await startApi();
  try {
    const reads = await measureReads(api, runs, calls, check);
    const limits = await measureLimits(api, runs, calls, check);
    const decided = spawnSync('redis-server', ['--version']).error
      ? undefined
      : await measureApprovals(api, { runs, calls, approvals });
    const costs = [...reads.costs, ...limits, ...(decided?.costs ?? [])];
    const skipped = decided ? '' : 'Approvals were not measured: redis-server is not installed.\n\n';
    return `${costTable(costs)}\n${skipped}${replicaTable(reads, decided)}\nNode ${process.versions.node}; load average before: ${load.toFixed(2)}.\n`;
  } finally {
    await api.close();
  }
}
