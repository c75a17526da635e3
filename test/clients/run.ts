/**
 * Lets real clients and agent frameworks, installed from npm, list and call the six tools, be refused, and ask their human,
 * over stdio and HTTP and without a model. Prints a table; ends with exit code 1 when anything failed. `--light` takes the
 * subset that installs quickly, names of clients only those; `--update` puts the table into the README.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { prepare, version } from './folder.ts';
import { play } from './part.ts';
import { missing, replace, table } from './readme.ts';
import { ROWS, type Row } from './rows.ts';

const COLUMNS = ['listed', 'called', 'refused', 'approved'];
/** Clients under way at once. */
const LANES = 3;

const names = process.argv.slice(2).filter((each) => !each.startsWith('--'));
const light = process.argv.includes('--light');
const unknown = names.filter((name) => !ROWS.some(({ client }) => client === name));
if (unknown.length > 0) throw new Error(`No such client: ${unknown.join(', ')}`);
const rows = ROWS.filter((row) => (names.length === 0 ? row.light || !light : names.includes(row.client)));

await prepare(rows.every((row) => row.light) ? 'light' : 'all');
const failures: string[] = [];
let passed = 0;
const queue = rows.entries();
const cells: string[][] = [];
await Promise.all(
  Array.from({ length: LANES }, async () => {
    for (const [index, row] of queue) cells[index] = await judge(row);
  }),
);
const result = table(['client', 'version', 'transport', 'protocol', ...COLUMNS], cells);
if (process.argv.includes('--update') && rows.length === ROWS.length) replace(result);
for (const line of missing(result)) failures.push(`Not in test/clients/README.md, which --update renews: ${line}`);
print(result);
print(failures.map((failure) => `\n${failure}\n`).join(''));
mkdirSync('.reports', { recursive: true });
const report = { numPassedTests: passed, numFailedTests: failures.length };
writeFileSync('.reports/clients.json', JSON.stringify(report));
print(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;

/** The cells of a row. Counts what a reader of the table would: the protocol, and each column that is not a dash. */
async function judge(row: Row): Promise<string[]> {
  const round = await play(row, 'round');
  const approval = await play(row, 'approval');
  const results = new Map<string, string | undefined>([...approval.steps, ...round.steps]);
  for (const { steps } of [round, approval]) {
    for (const [step, failure] of steps) if (failure !== undefined) results.set(step, failure);
  }
  const speaks = [...new Set([round.speaks, approval.speaks])].join('+');
  results.set('protocol', speaks === row.speaks ? undefined : `${speaks}, not ${row.speaks}`);
  const title = `${row.client} over ${row.transport}`;
  for (const step of ['protocol', ...COLUMNS]) {
    if (results.has(step) && results.get(step) === undefined) passed++;
    else if (!results.has(step)) failures.push(`${title}: ${step}: not reached`);
  }
  for (const [step, failure] of results) if (failure !== undefined) failures.push(`${title}: ${step}: ${failure}`);
  const verdict = (step: string) => (results.has(step) && results.get(step) === undefined ? 'yes' : 'FAILED');
  const approved = row.asks || verdict('approved') !== 'yes' ? verdict('approved') : '–';
  return [row.client, version(row.package), row.transport, speaks, ...COLUMNS.slice(0, 3).map(verdict), approved];
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
