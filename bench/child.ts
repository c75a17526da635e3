import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

// Ends the child processes when the measurement is interrupted: listeners of `exit` run only on a regular exit.
process
  .once('SIGINT', () => process.exit(1))
  .once('SIGTERM', () => process.exit(1))
  .setMaxListeners(64);

/** The arguments of a Node process, and its variables beside PATH. */
export interface Program {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Returns the server under test, with a token that is not valid anywhere. */
export function ours(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Program {
  const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
  return { args: [program, ...args], env: { AIVEN_TOKEN: 'bench-token', CI: 'true', ...env } };
}

/** Returns a file of this folder as a program, with the loader of this process. */
export function script(name: string, ...args: string[]): Program {
  return { args: [...process.execArgv, fileURLToPath(new URL(name, import.meta.url)), ...args] };
}

/** Starts a program with only its own variables: one such as NODE_EXTRA_CA_CERTS would make every start slower. */
export function start({ args, env }: Program, node = process.execPath): ChildProcessWithoutNullStreams {
  return endWithUs(spawn(node, args, { env: cleanEnv(env) }));
}

/** Returns an environment of PATH and the variables given. */
export function cleanEnv(added: Program['env']): Record<string, string> {
  return { PATH: process.env.PATH ?? '', ...added };
}

/** Kills a process when this one exits. */
export function endWithUs<Child extends ChildProcess>(child: Child): Child {
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return child;
}

/** Resolves with the first group of the first line that matches. The rest of the stream is read and dropped. */
export async function lineOf(stream: Readable, pattern: RegExp): Promise<string> {
  let found: string | undefined;
  for await (const line of createInterface(stream)) {
    found = pattern.exec(line)?.[1];
    if (found !== undefined) break;
  }
  stream.resume();
  if (found === undefined) throw new Error(`The program ended before it printed ${pattern}.`);
  return found;
}

/** Kills a process and resolves when it has exited. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Returns the resident memory of a process in MiB of 1,048,576 bytes (`VmRSS` of proc(5), in units of 1,024 bytes). */
export function residentMib(pid: number | undefined): number {
  return statusMib(pid, 'VmRSS');
}

/** Returns the largest resident memory that a process ever had, in MiB of 1,048,576 bytes (`VmHWM` of proc(5)). */
export function peakMib(pid: number | undefined): number {
  return statusMib(pid, 'VmHWM');
}

function statusMib(pid: number | undefined, field: 'VmRSS' | 'VmHWM'): number {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1_024;
}

/** Returns the processor time of a process so far, all threads, in milliseconds (`utime` and `stime` of proc(5)). */
export function cpuMs(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is a name that may hold anything; the fields after it are counted from its closing bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const TICK_MS = 10; // Linux shows these times in hundredths of a second on every architecture that Node runs on.
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/**
 * Returns the processor time of the threads that a process has, in milliseconds (`schedstat` of each, in nanoseconds): finer
 * than `cpuMs`, for short times. What a thread took that has ended is not in it.
 */
export function threadsCpuMs(pid: number | undefined): number {
  const tasks = `/proc/${pid}/task`;
  const times = readdirSync(tasks).map((task) =>
    Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]),
  );
  return times.reduce((sum, time) => sum + time, 0) / 1_000_000;
}
