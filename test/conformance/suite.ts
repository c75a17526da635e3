import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const GLOB_SYNC = new URL('./glob-sync.mjs', import.meta.url).href;
const CLI = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/dist/index.js'));

/** How long one run of the suite may take at most, in milliseconds; it takes two seconds. */
export const RUN_MS = 60_000;

/** One requirement the suite looked at. */
export interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
}

/** What one run of the suite found. */
export interface Run {
  readonly code: number | null;
  readonly output: string;
  readonly scenarios: ReadonlyMap<string, readonly Check[]>;
}

/** A process that serves MCP over HTTP. */
export interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts Node with these arguments; resolves once it says where it listens. */
export async function start(args: readonly string[]): Promise<Server> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], env: {} });
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      lines.push(line);
      const listening = /listening on (\S+)/.exec(line)?.[1];
      if (listening !== undefined) resolve(listening);
    });
    child.once('close', () => reject(new Error(`The server ended: ${lines.join('\n')}`)));
  });
  return {
    url,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Runs the official conformance suite for servers. */
export async function conformance(url: string, options: readonly string[]): Promise<Run> {
  const results = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    const args = ['--import', GLOB_SYNC, CLI, 'server', '--url', url, '--output-dir', results, ...options];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: RUN_MS });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        output += chunk;
      });
    }
    const [code] = await once(child, 'close');
    return { code, output, scenarios: await read(results) };
  } finally {
    await rm(results, { recursive: true });
  }
}

/** The suite leaves the checks of each scenario in a folder of its own, named after it and the time. */
async function read(results: string): Promise<Map<string, Check[]>> {
  const scenarios = new Map<string, Check[]>();
  for (const folder of await readdir(results)) {
    const scenario = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(folder)?.[1] ?? folder;
    scenarios.set(scenario, JSON.parse(await readFile(join(results, folder, 'checks.json'), 'utf8')));
  }
  return scenarios;
}

/** The checks with one of these statuses, as a baseline names them. */
export function checks({ scenarios }: Run, ...statuses: Check['status'][]): string[] {
  return [...scenarios].flatMap(([scenario, found]) =>
    found.filter(({ status }) => statuses.includes(status)).map(({ id }) => `${scenario}:${id}`),
  );
}

/** The scenarios in which something passed, besides the shape of all messages, and nothing did not. */
export function passedWhole({ scenarios }: Run): string[] {
  return [...scenarios].flatMap(([scenario, found]) => {
    const passed = found.some(({ id, status }) => status === 'SUCCESS' && id !== 'wire-schema-valid');
    const whole = found.every(({ status }) => status === 'SUCCESS' || status === 'INFO');
    return passed && whole ? [scenario] : [];
  });
}
