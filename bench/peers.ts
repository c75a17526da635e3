/** Compares this server with others from npm: starts, memory, tool lists, installed size. `--quick` makes a short run. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lineOf, ours, type Program, script, start, stop } from './child.ts';
import { type Footprint, footprintOf, install, ourFootprint } from './footprint.ts';
import { measureHttpCpu, OUR_HTTP } from './http-cpu.ts';
import { measureStart, type Starts } from './start.ts';
import { SUPABASE, SUPABASE_HTTP, supabaseArgs } from './supabase.ts';
import { measurementTable, median, number, ratios, table } from './table.ts';
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
  {
    name: '@modelcontextprotocol/server-filesystem',
    version: '2026.8.31',
    file: 'dist/index.js',
    args: [join(tmpdir(), 'aiven-cmk-bench')],
  },
  { name: '@modelcontextprotocol/server-everything', version: '2026.8.31', file: 'dist/index.js', args: ['stdio'] },
];

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
    const folder = install(name, version);
    const program = { args: [join(folder, 'node_modules', name, file), ...args], env };
    return { title: `${name} ${version}`, program, footprint: footprintOf(folder) };
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
const [mine = [], theirs = []] = await measureHttpCpu([OUR_HTTP, SUPABASE_HTTP], RUNS, REQUESTS);
const processor = measurementTable([
  { name: 'processor time per HTTP call, Supabase', runs: theirs, unit: 'ms', digits: 2 },
  { name: 'processor time per HTTP call, ours', runs: mine, unit: 'ms', digits: 2 },
  { name: 'the same over Supabase', runs: ratios(mine, theirs), digits: 2 },
]);
const common = `Node ${process.version}, ${RUNS} runs, \`node -e 0\` in ${span(bareMs, 1)} ms`;
process.stdout.write(`${common}\n\n${table(head, cells)}\n${processor}`);
process.exit(0);

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
