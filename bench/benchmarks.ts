/** Prints the measurements of README.md with their targets. Exits with 1 if one is missed; `--quick` makes a short run. */
import { AUDIT_IN_FLIGHT, measureAuditCpu } from './audit-cpu.ts';
import { IN_FLIGHT, measureCalls, type Paces } from './calls.ts';
import { ours } from './child.ts';
import { openStdio } from './clients.ts';
import { ourFootprint } from './footprint.ts';
import { LEAK_BYTES, measureGrowth, openWhenListening } from './heap.ts';
import { measureApprovalGrowth } from './heap-approvals.ts';
import { measureHttpCpu, OUR_HTTP } from './http-cpu.ts';
import { loadBefore, noiseWarning } from './quiet.ts';
import { measureResults } from './results.ts';
import { firstResultRows, startRows } from './start-rows.ts';
import { SUPABASE_HTTP } from './supabase.ts';
import { isMet, type Measurement, measurementTable, ratios } from './table.ts';

const quick = process.argv.includes('--quick');
const RUNS = quick ? 3 : 15;
const START_RUNS = quick ? RUNS : 31;
const CALLS = quick ? 400 : 2_000;
const GROWTH_CALLS = quick ? 8_000 : 20_000;

/** What is said below the table: measurements that are left out, and why. */
const notes: string[] = [];

const load = loadBefore();
const measurements: Measurement[] = [
  ...(await startRows(START_RUNS, notes)),
  ...(await firstResultRows(START_RUNS)),
  ...(await calls()),
  ...(await results()),
  ...(await httpCpu()),
  ...(await auditCpu()),
  ...(await growth()),
  ...size(),
];
process.stdout.write(
  `${noiseWarning(measurements[0]?.runs ?? [], load)}Node ${process.version}, ${RUNS} runs\n\n${measurementTable(measurements)}${leftOut(notes)}`,
);
process.exit(measurements.every(isMet) ? 0 : 1);

async function calls(): Promise<Measurement[]> {
  const { ours, ky, asked } = await measureCalls(RUNS, CALLS);
  const p50 = ({ alone }: Paces) => alone.map(({ p50Ms }) => p50Ms);
  const rate = ({ crowd }: Paces) => crowd.map(({ perSecond }) => perSecond);
  return [
    { name: 'p50 of a request by a loop of bare ky', runs: p50(ky), unit: 'ms', digits: 2 },
    { name: 'p50 of a request by bare ky, asked for over stdio', runs: p50(asked), unit: 'ms', digits: 2 },
    { name: 'p50 of a call over stdio that makes it', runs: p50(ours), unit: 'ms', digits: 2 },
    { name: 'the same over bare ky, asked', runs: ratios(p50(ours), p50(asked)), digits: 2, target: { most: 1.8 } },
    { name: 'the same over a loop of bare ky', runs: ratios(p50(ours), p50(ky)), digits: 2 },
    { name: `requests per second by a loop of bare ky, ${IN_FLIGHT} in flight`, runs: rate(ky) },
    { name: `requests per second by bare ky, asked for over stdio, ${IN_FLIGHT} in flight`, runs: rate(asked) },
    { name: `calls per second over stdio, ${IN_FLIGHT} in flight`, runs: rate(ours) },
    { name: 'the same over a loop of bare ky', runs: ratios(rate(ours), rate(ky)), digits: 2, target: { least: 0.82 } },
    { name: 'the same over bare ky, asked', runs: ratios(rate(ours), rate(asked)), digits: 2 },
  ];
}

async function results(): Promise<Measurement[]> {
  const { accessors, list, thousandMs, tenThousandMs } = await measureResults(RUNS);
  return [
    { name: '`aiven_cmk_accessors` of one cloud', runs: [accessors], unit: 'tokens', target: { most: 300 } },
    { name: 'first result of a list of 1,000 keys', runs: [list], unit: 'tokens', target: { most: 10_000 } },
    { name: 'list of 1,000 keys', runs: thousandMs, unit: 'ms', digits: 1, target: { most: 25.5 } },
    { name: 'list of 10,000 keys', runs: tenThousandMs, unit: 'ms', digits: 1, target: { most: 229 } },
  ];
}

async function httpCpu(): Promise<Measurement[]> {
  const [mine = [], theirs = []] = await measureHttpCpu([OUR_HTTP, SUPABASE_HTTP], RUNS, CALLS / 2);
  return [
    { name: 'processor time per HTTP call, Supabase', runs: theirs, unit: 'ms', digits: 2 },
    { name: 'processor time per HTTP call, ours', runs: mine, unit: 'ms', digits: 2 },
    { name: 'the same over Supabase', runs: ratios(mine, theirs), digits: 2, target: { most: 0.6 } },
  ];
}

async function auditCpu(): Promise<Measurement[]> {
  const { withFile, withoutFile } = await measureAuditCpu(RUNS, CALLS / 2);
  const common = `processor time per HTTP call, ${AUDIT_IN_FLIGHT} in flight`;
  return [
    { name: common, runs: withoutFile, unit: 'ms', digits: 2 },
    { name: `${common}, with an audit file`, runs: withFile, unit: 'ms', digits: 2 },
    { name: 'the same over that without', runs: ratios(withFile, withoutFile), digits: 2, target: { most: 1.03 } },
  ];
}

async function growth(): Promise<Measurement[]> {
  const stdio = { program: (api: string) => ours([], { AIVEN_API_ORIGIN: api }), open: openStdio };
  const http = { program: OUR_HTTP.program, open: openWhenListening };
  const approvals = await measureApprovalGrowth(GROWTH_CALLS);
  const common = { unit: 'bytes a call', digits: 1, target: { most: LEAK_BYTES } };
  const last = 'live heap growth, HTTP with approvals and Redis';
  if (approvals instanceof Error) notes.push(`${last}: ${approvals.message}`);
  return [
    { name: 'live heap growth, stdio', runs: [await measureGrowth(stdio, GROWTH_CALLS)], ...common },
    { name: 'live heap growth, HTTP', runs: [await measureGrowth(http, GROWTH_CALLS)], ...common },
    ...(approvals instanceof Error ? [] : [{ name: last, runs: [approvals], ...common }]),
  ];
}

function size(): Measurement[] {
  const { mb, packages } = ourFootprint();
  return [
    { name: 'installed', runs: [mb], unit: 'MB', digits: 2, target: { most: 3 } },
    { name: 'packages installed', runs: [packages], target: { most: 1 } },
  ];
}

function leftOut(reasons: readonly string[]): string {
  return reasons.map((reason) => `\nLeft out: ${reason}\n`).join('');
}
