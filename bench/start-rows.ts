import { BASELINE, buildBaseline } from './baseline.ts';
import { ours } from './child.ts';
import { measureFirstResults, OUR_STDIO } from './first-result.ts';
import { measureStart, type Starts } from './start.ts';
import { type Measurement, ratios } from './table.ts';
import { tokensOf } from './tokens.ts';

/** Measures starts and what they list. What is left out, and why, is added to the notes. @throws Error if the server does not start. */
export async function startRows(runs: number, notes: string[]): Promise<Measurement[]> {
  const baseline = buildBaseline();
  const programs = baseline instanceof Error ? [ours()] : [ours(), baseline];
  const {
    bareMs,
    starts: [start, older = new Error('it was never started')],
  } = await measureStart(programs, runs);
  if (!start || start instanceof Error) throw start;
  const { read, whole } = tokensOf(start.result);
  return [
    { name: '`node -e 0`, spawn to exit', runs: bareMs, unit: 'ms', digits: 1 },
    { name: 'spawn to the answer of `tools/list`', runs: start.ms, unit: 'ms', digits: 1 },
    { name: 'the same over `node -e 0`', runs: start.ratio, digits: 2, target: { most: 3.2 } },
    ...overBaseline(start, baseline instanceof Error ? baseline : older, notes),
    { name: 'memory after `tools/list` (RSS)', runs: start.residentMib, unit: 'MiB', digits: 1, target: { most: 50 } },
    { name: 'names, descriptions, inputs of the six tools', runs: [read], unit: 'tokens', target: { most: 900 } },
    { name: 'whole answer to `tools/list`', runs: [whole], unit: 'tokens', target: { most: 2_000 } },
  ];
}

/** Returns the rows of the comparison with an older commit. Where that was not built or does not start, a note says why. */
function overBaseline({ ms, cpuMs }: Starts, older: Starts | Error, notes: string[]): Measurement[] {
  const name = `the same over that of commit ${BASELINE}`;
  if (older instanceof Error) {
    notes.push(`start, ${name}: ${older.message}`);
    return [];
  }
  return [
    { name, runs: ratios(ms, older.ms), digits: 2, target: { most: 0.92 } },
    { name: 'processor time of both, the same way', runs: ratios(cpuMs, older.cpuMs), digits: 2 },
  ];
}

/** Measures starts until the first result of a call. @throws Error if the call fails. */
export async function firstResultRows(runs: number): Promise<Measurement[]> {
  const [first] = (await measureFirstResults([OUR_STDIO], runs)).starts;
  if (!first || first instanceof Error) throw first;
  return [
    { name: 'spawn to the first result of `aiven_cmk_list`', runs: first.ms, unit: 'ms', digits: 1 },
    { name: 'the same over `node -e 0`', runs: first.ratio, digits: 2 },
    { name: 'processor time of it', runs: first.cpuMs, unit: 'ms', digits: 1 },
  ];
}
