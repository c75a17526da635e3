import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';

/** What makes the machine slow: more processes that compute than it has cores, and some that wait for the disk. */
const LOAD = ['--cpu', '8', '--io', '4', '--quiet'];

/** How often the suite runs, and which part: `npm run test:stress -- 1 test/protocol` runs that folder once. */
const [times = '3', ...filters] = process.argv.slice(2);

if (spawnSync('stress-ng', ['--version']).error) {
  process.stderr.write('stress-ng is missing: apt-get install stress-ng (Debian, Ubuntu).\n');
  process.exit(2);
}

const load = spawn('stress-ng', LOAD, { stdio: 'inherit' });
const stop = () => void load.kill('SIGTERM');
process
  .once('exit', stop)
  .once('SIGINT', () => process.exit(130))
  .once('SIGTERM', () => process.exit(143));

const runs: { readonly failed: readonly string[]; readonly code: number | null; readonly seconds: number }[] = [];
for (let run = 1; run <= Number(times); run += 1) {
  process.stdout.write(`\nRun ${run} of ${times}, beside stress-ng ${LOAD.join(' ')}\n`);
  runs.push(await runSuite(`.reports/stress-${run}.json`));
}
const ended = once(load, 'exit');
stop();
await ended;

for (const [index, { failed, code, seconds }] of runs.entries()) {
  // The suite's own check of processes fails a run in which no test failed.
  const verdict =
    code === 0 ? 'green' : failed.length > 0 ? `${failed.length} failed` : 'processes left, or no start; see above';
  process.stdout.write(`Run ${index + 1}: ${verdict}, ${seconds} s\n${failed.map((name) => `  ${name}\n`).join('')}`);
}
process.exitCode = runs.every(({ code }) => code === 0) ? 0 : 1;

async function runSuite(report: string) {
  const started = performance.now();
  rmSync(report, { force: true });
  const env = { ...process.env, TEST_REPORT: report };
  const suite = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...filters], {
    env,
    stdio: 'inherit',
  });
  const [code] = await once(suite, 'exit');
  return { code, failed: readFailures(report), seconds: Math.round((performance.now() - started) / 1_000) };
}

/** The titles of the tests and files that failed. */
function readFailures(report: string): string[] {
  if (!existsSync(report)) return []; // The run did not come so far.
  const { testResults }: Report = JSON.parse(readFileSync(report, 'utf8'));
  return testResults.flatMap(({ name, status, assertionResults }) => {
    const failed = assertionResults.filter((each) => each.status === 'failed').map(({ fullName }) => fullName);
    return failed.length === 0 && status === 'failed' ? [name] : failed;
  });
}

/** What is needed here of Vitest's report. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}
