/**
 * Lets real clients and agent frameworks, installed from npm, list and call the six tools, be refused, and ask their human,
 * over stdio and HTTP and without a model. Prints a table; ends with exit code 1 when anything failed. `--light` takes the
 * subset that installs quickly, names of clients only those; `--update` puts the table into the README.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { prepare } from './folder.ts';
import { missing, replace, table } from './readme.ts';
import { ROWS, type Row } from './rows.ts';
import { COLUMNS, judge, type Verdict } from './verdict.ts';

/** Clients under way at once. */
const LANES = 3;

const { values: chosen, positionals: names } = parseArgs({
  options: { light: { type: 'boolean' }, update: { type: 'boolean' } },
  allowPositionals: true,
});
const unknown = names.filter((name) => !ROWS.some(({ client }) => client === name));
if (unknown.length > 0) throw new Error(`No such client: ${unknown.join(', ')}`);
const rows = ROWS.filter((row) => (names.length === 0 ? row.light || !chosen.light : names.includes(row.client)));

await prepare(rows.every((row) => row.light) ? 'light' : 'all');
const verdicts = new Map<Row, Verdict>();
const queue = rows.values();
await Promise.all(
  Array.from({ length: LANES }, async () => {
    for (const row of queue) verdicts.set(row, await judge(row));
  }),
);
// The AI SDK takes a server that has not answered within a second for an older one, which a busy machine can make of any.
// What failed for such a reason passes alone; what is wrong fails again.
for (const row of rows.filter((each) => verdicts.get(each)?.failures.length !== 0)) {
  print(`Once more, alone: ${verdicts.get(row)?.failures.join('\n')}\n`);
  verdicts.set(row, await judge(row));
}

const all = rows.flatMap((row) => verdicts.get(row) ?? []);
const failures = all.flatMap((verdict) => verdict.failures);
const result = table(
  COLUMNS,
  all.map(({ cells }) => cells),
);
if (chosen.update && rows.length === ROWS.length) replace(result);
if (failures.length === 0) {
  failures.push(...missing(result).map((line) => `Not in test/clients/README.md, which --update renews: ${line}`));
}
print([result, ...failures, ''].join('\n\n'));
mkdirSync('.reports', { recursive: true });
const report = { numPassedTests: all.reduce((sum, { passed }) => sum + passed, 0), numFailedTests: failures.length };
writeFileSync('.reports/clients.json', JSON.stringify(report));
print(`${report.numPassedTests} passed, ${report.numFailedTests} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
