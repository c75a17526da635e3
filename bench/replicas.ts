/**
 * Measures replicas of the built server: what survives the death of one of them behind nginx, and what reads, approvals through
 * Redis and wrong credentials cost. Prints tables in Markdown. Exits with 1 if an expectation is not met. `--quick` makes a
 * short run.
 */
import { measureCosts } from './costs/costs.ts';
import { Expectations } from './expectations.ts';
import { measureSurvival } from './survival.ts';

const quick = process.argv.includes('--quick');
const expectations = new Expectations();
const survival = quick
  ? { replicas: [1, 2], requests: 400, approvals: 6 }
  : { replicas: [1, 2, 4], requests: 4_000, approvals: 20 };
const costs = quick ? { runs: 1, calls: 120, approvals: 12 } : { runs: 5, calls: 1_000, approvals: 120 };

process.stdout.write(`${await measureSurvival(survival, expectations.check)}\n`);
process.stdout.write(`${await measureCosts(costs, expectations.check)}\n`);
if (expectations.broken.length > 0) {
  process.stdout.write(`Broken: ${expectations.broken.join('; ')}\n`);
  process.exit(1);
}
process.stdout.write(
  'No read was lost, no write was repeated, and no flood kept a caller out whose credential was accepted before.\n',
);
