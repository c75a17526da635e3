/**
 * Compares this server with others from npm: starts, memory, tool lists, installed size, first results, processor time. Exits with
 * 1 if a target is missed; `--quick` makes a short run.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lineOf, ours, type Program, script, start, stop } from './child.ts';
import { measureFirstResults, OUR_STDIO, SUPABASE_STDIO } from './first-result.ts';
import { type Footprint, footprintOf, install, ourFootprint } from './footprint.ts';
import { measureHttpCpu, OUR_HTTP } from './http-cpu.ts';
import { loadBefore, noiseWarning } from './quiet.ts';
import { resultSizes } from './result-sizes.ts';
import { measureStart, type Starts } from './start.ts';
import { SUPABASE, SUPABASE_HTTP, supabaseArgs } from './supabase.ts';
import { isMet, type Measurement, measurementTable, median, number, ratios, table } from './table.ts';
import { tokensOf } from './tokens.ts';

/** One package, and how to start it with credentials that are not valid. */
interface Peer {
  readonly name: string;
  readonly version: string;
  /** The program inside the package. */
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const quick = process.argv.includes('--quick');
const RUNS = quick ? 3 : 11;
const REQUESTS = quick ? 200 : 1_000;

const FILESYSTEM = { name: '@modelcontextprotocol/server-filesystem', version: '2026.8.31' } as const;

const PEERS: readonly Peer[] = [
  {
    name: '@cloudflare/mcp-server-cloudflare',
    version: '0.2.0',
    file: 'dist/index.js',
    args: ['run', 'bench'],
    env: { CLOUDFLARE_ACCOUNT_ID: 'bench', CLOUDFLARE_API_TOKEN: 'bench' },
  },
  { name: '@neondatabase/mcp-server-neon', version: '0.3.7', file: 'dist/index.js', args: ['start', 'bench'] },
  {
    name: '@stripe/mcp',
    version: '0.2.5',
    file: 'dist/index.js',
    args: ['--tools=all'],
    env: { STRIPE_SECRET_KEY: 'sk_test_bench' },
  },
  // Telemetry is off without a DSN; later versions take Node 22.
  {
    name: '@sentry/mcp-server',
    version: '0.36.0',
    file: 'dist/index.js',
    args: ['--access-token=bench', '--host=127.0.0.1'],
  },
  { ...FILESYSTEM, file: 'dist/index.js', args: [join(tmpdir(), 'aiven-cmk-bench')] },
  { name: '@modelcontextprotocol/server-everything', version: '2026.8.31', file: 'dist/index.js', args: ['stdio'] },
];

const load = loadBefore();
const api = start(script('api.ts'));
const origin = await lineOf(api.stdout, /^(http.*)$/);
const rows: { title: string; program: Program; footprint: Footprint }[] = [
  { title: 'aiven-cmk-mcp, this tree', program: ours(), footprint: ourFootprint() },
  {
    title: `${SUPABASE.name} ${SUPABASE.version}`,
    program: { args: supabaseArgs(origin), env: { SUPABASE_ACCESS_TOKEN: 'bench-token' } },
    footprint: footprintOf(install(SUPABASE.name, SUPABASE.version)),
  },
  ...PEERS.map(({ name, version, file, args, env = {} }) => {
    const program = { args: [programOf({ name, version, file }), ...args], env };
    return { title: `${name} ${version}`, program, footprint: footprintOf(install(name, version)) };
  }),
];
const { bareMs, starts } = await measureStart(
  rows.map(({ program }) => program),
  RUNS,
);
await stop(api);

const head = [
  'server',
  'start, ms',
  'over `node -e 0`',
  'RSS, MiB',
  'tools',
  'tokens',
  'a tool',
  'installed, MB',
  'packages',
];
const cells = rows.map(({ title, footprint }, index) => [
  title,
  ...shown(starts[index] ?? new Error('not started')),
  number(footprint.mb, 1),
  number(footprint.packages),
]);
const filesystem = programOf({ ...FILESYSTEM, file: 'dist/index.js' });
const sizes = await resultSizes((folder) => ({ args: [filesystem, folder] }));
const measurements = [...(await firstResults()), ...(await processorTimes())];
const common = `${noiseWarning(bareMs, load)}Node ${process.version}, ${RUNS} runs, \`node -e 0\` in ${span(bareMs, 1)} ms`;
process.stdout.write(`${common}\n\n${table(head, cells)}\n${sizes}\n${measurementTable(measurements)}`);
process.exit(measurements.every(isMet) ? 0 : 1);

function programOf({ name, version, file }: Pick<Peer, 'name' | 'version' | 'file'>): string {
  return join(install(name, version), 'node_modules', name, file);
}

async function firstResults(): Promise<Measurement[]> {
  const [mine, theirs] = (await measureFirstResults([OUR_STDIO, SUPABASE_STDIO], RUNS)).starts;
  if (!mine || mine instanceof Error) throw mine;
  if (!theirs || theirs instanceof Error) throw theirs;
  const cpu = ratios(mine.cpuMs, theirs.cpuMs);
  return [
    { name: 'spawn to the first result, Supabase', runs: theirs.ms, unit: 'ms', digits: 1 },
    { name: 'spawn to the first result, ours', runs: mine.ms, unit: 'ms', digits: 1 },
    { name: 'the same over Supabase', runs: ratios(mine.ms, theirs.ms), digits: 2, target: { most: 0.5 } },
    { name: 'processor time of it, Supabase', runs: theirs.cpuMs, unit: 'ms', digits: 1 },
    { name: 'processor time of it, ours', runs: mine.cpuMs, unit: 'ms', digits: 1 },
    { name: 'the same over Supabase', runs: cpu, digits: 2, target: { most: 0.43 } },
  ];
}

async function processorTimes(): Promise<Measurement[]> {
  const [mine = [], theirs = []] = await measureHttpCpu([OUR_HTTP, SUPABASE_HTTP], RUNS, REQUESTS);
  return [
    { name: 'processor time per HTTP call, Supabase', runs: theirs, unit: 'ms', digits: 2 },
    { name: 'processor time per HTTP call, ours', runs: mine, unit: 'ms', digits: 2 },
    { name: 'the same over Supabase', runs: ratios(mine, theirs), digits: 2 },
  ];
}

function shown(outcome: Starts | Error): string[] {
  if (outcome instanceof Error) return [`did not start: ${outcome.message}`, '–', '–', '–', '–', '–'];
  const { ms, ratio, residentMib, result } = outcome;
  const { read } = tokensOf(result);
  const tools = result.tools.length;
  return [span(ms), span(ratio, 1), span(residentMib), number(tools), number(read), number(read / tools)];
}

/** Returns the median and the range of values. */
function span(runs: readonly number[], digits = 0): string {
  return `${number(median(runs), digits)} (${number(Math.min(...runs), digits)}–${number(Math.max(...runs), digits)})`;
}
