/**
 * Lets two replicas, Redis, an issuer and the API work under mixed load while they are killed, frozen and brought back in
 * turn, and then compares what reached the API with what people decided and what the audit logs say. Ends with exit code 1 when an
 * invariant is broken. `--minutes N` takes about so long (default 5), `--short` under one; `--seed TEXT` repeats the order of faults.
 */
import { parseArgs } from 'node:util';
import { AGENTS, type Deletion, deleteKeys } from './approvals.ts';
import { pause } from './caller.ts';
import { check } from './checks.ts';
import { PER_MINUTE, startDeployment } from './deployment.ts';
import { Findings } from './findings.ts';
import { flood, intrude, type Load, READERS, type Registration, read, WRITERS, write } from './load.ts';
import { Random } from './random.ts';
import type { Target } from './target.ts';

/** Maximum growth of the live heap of a replica between two rounds of the same load, in bytes. */
const GROWTH_MAX = 4 * 1024 * 1024;

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    short: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Date.now()) },
  },
});
const isWhole = /^[1-9]\d{0,2}$/.test(options.minutes);
if (!isWhole) throw new Error(`--minutes is ${options.minutes}: it takes a whole number from 1 to 999.`);
const totalMs = options.short ? 40_000 : Number(options.minutes) * 60_000;
const random = new Random(options.seed);
const findings = new Findings();
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));

print(`seed ${options.seed}`);
const deployment = await startDeployment([...READERS, ...WRITERS, ...AGENTS, 'flood']);
let isStopped = false;
const load: Load = { deployment, findings, stopped: () => isStopped };
const registrations: Registration[] = [];
const deletions: Deletion[] = [];
let kills = 0;

await limitOverTheFleet();
const work = [
  ...READERS.map((caller) => read(load, caller)),
  ...WRITERS.map((caller) => write(load, caller, registrations)),
  ...AGENTS.map((caller) => deleteKeys(load, caller, new Random(`${options.seed} ${caller}`), deletions)),
  intrude(load),
];
await faults(totalMs * 0.6);
await calm(totalMs * 0.3);
isStopped = true;
await Promise.all(work);
await deployment.stop();
check({ registrations, deletions, writes: deployment.api.writes, auditFiles: deployment.auditFiles, kills }, findings);
findings.require(
  findings.violations.length > 0 || deletions.some(({ told }) => told === 'ok'),
  'some deletions succeed',
);

print(`\n${findings.counts.join('\n')}`);
if (findings.violations.length > 0) {
  print(
    `\n${deployment.errors()}\n\nBroken, with --seed ${options.seed}:\n${findings.violations.slice(0, 20).join('\n')}`,
  );
  process.exit(1);
}
print('\nNo read was lost, no write was repeated, no approval was used twice, and the audit logs name every write.');
process.exit(0);

/** One caller calls as fast as it can while a replica is killed and comes back. */
async function limitOverTheFleet(): Promise<void> {
  const [victim] = deployment.replicas;
  const served = flood(load, 'flood');
  await pause(500);
  await victim?.kill();
  kills += 1;
  await victim?.restore();
  const times = await served;
  findings.count('calls of the one caller that floods', times);
  findings.require(times <= PER_MINUTE, `a caller gets ${PER_MINUTE} calls a minute over all replicas, not ${times}`);
  // A call that was counted and then killed was not served.
  findings.require(times > PER_MINUTE / 2, `the flood reaches its limit, with ${times} calls`);
}

/** Applies one fault after the other; the next begins when all work again. */
async function faults(milliseconds: number): Promise<void> {
  const end = Date.now() + milliseconds;
  let rounds: { readonly target: Target; readonly how: 'kill' | 'freeze' }[] = [];
  while (Date.now() < end) {
    if (rounds.length === 0) {
      const hows = random.shuffle(['kill', 'freeze'] as const);
      rounds = hows.flatMap((how) => random.shuffle(deployment.targets).map((target) => ({ target, how })));
    }
    const [next] = rounds.splice(0, 1);
    if (next) await fault(next.target, next.how);
  }
}

async function fault(target: Target, how: 'kill' | 'freeze'): Promise<void> {
  const milliseconds = 1_000 + random.below(2_000);
  print(`${target.name}: ${how} for ${milliseconds} ms`);
  findings.count(`faults of ${target.name}: ${how}`);
  if (how === 'kill' && target.name.startsWith('replica')) kills += 1;
  await target[how]();
  await pause(milliseconds);
  await target.restore();
  await pause(700);
}

/** Goes on without faults, and compares the live heap of each replica between two rounds. */
async function calm(milliseconds: number): Promise<void> {
  print('calm');
  const sizes = () => Promise.all(deployment.replicas.map((replica) => replica.liveHeap()));
  await pause(milliseconds * 0.5);
  const before = await sizes();
  await pause(milliseconds * 0.5);
  const after = await sizes();
  for (const [index, size] of after.entries()) {
    const growth = size - (before[index] ?? 0);
    findings.count(`growth of the live heap of replica ${index + 1}, in KiB`, Math.round(growth / 1_024));
    findings.require(growth < GROWTH_MAX, 'the heap of a replica does not grow');
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
