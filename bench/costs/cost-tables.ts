import { median, number, table } from '../table.ts';
import type { ApprovalCosts } from './approvals.ts';
import type { Cost, Sample } from './meter.ts';
import type { ReadCosts } from './reads.ts';
import type { Start } from './replica.ts';

const COST_HEAD = [
  'one call',
  'CPU of the replica, ms',
  'range',
  'calls/s of one core',
  'Redis scripts',
  'Redis commands, those in scripts included',
  'CPU of Redis, ms',
];

/** Returns the costs of calls as a table in Markdown: medians of the runs. One core carries what fits into a second of CPU. */
export function costTable(costs: readonly Cost[]): string {
  const rows = costs.map(({ name, samples }) => {
    const cpu = samples.map(({ cpuMs }) => cpuMs);
    const range = cpu.length > 1 ? `${number(Math.min(...cpu), 2)} to ${number(Math.max(...cpu), 2)}` : '–';
    const redis = samples.flatMap((sample: Sample) => sample.redis ?? []);
    const show = (values: readonly number[], digits: number) =>
      values.length > 0 ? number(median(values), digits) : '–';
    return [
      name,
      number(median(cpu), 2),
      range,
      number(1_000 / median(cpu)),
      show(
        redis.map(({ scripts }) => scripts),
        1,
      ),
      show(
        redis.map(({ commands }) => commands),
        1,
      ),
      show(
        redis.map(({ cpuMs }) => cpuMs),
        2,
      ),
    ];
  });
  return table(COST_HEAD, rows);
}

/** Returns what a replica takes as a table in Markdown, with an approval page and Redis where that was measured. */
export function replicaTable(plain: ReadCosts, page: ApprovalCosts | undefined): string {
  const row = (name: string, of: (start: Start) => number) => [
    name,
    number(median(plain.starts.map(of))),
    page ? number(median(page.starts.map(of))) : '–',
  ];
  const rows = [
    row('spawn to listening, ms', ({ listeningMs }) => listeningMs),
    row('spawn to ready, ms', ({ readyMs }) => readyMs),
    row('CPU until ready, ms', ({ cpuMs }) => cpuMs),
    row('memory when ready, MiB', ({ memoryMib }) => memoryMib),
    ['largest memory under load, MiB', number(plain.peakMib), page ? number(page.peakMib) : '–'],
    ['memory of a request in Redis, bytes', '–', page ? number(page.recordBytes) : '–'],
  ];
  return table(['a replica', 'sign-in only', 'with the approval page and Redis'], rows);
}
