import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';

/** A part of the deployment that faults are applied to. */
export interface Target {
  readonly name: string;
  /** Ends it at once. */
  kill(): Promise<void>;
  /** Lets it take connections, and handle nothing. */
  freeze(): Promise<void>;
  /** Brings it back after either. Resolves when it works. */
  restore(): Promise<void>;
}

/** How a process is started, and how it is known to work. */
interface Start {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Resolves to whether the process works. */
  readonly works: () => Promise<boolean>;
  /** Gets what the process writes to standard error. */
  readonly onError?: (chunk: string) => void;
}

/** How long a process may take to work, in milliseconds. */
const START_MS = 60_000;

/** How often it is asked, in milliseconds. */
const ASK_MS = 50;

/** A process that is killed and frozen by signals. */
export class ProcessTarget implements Target {
  readonly name: string;
  readonly #start: Start;
  #child: ChildProcess | undefined;

  constructor(start: Start) {
    this.name = start.name;
    this.#start = start;
  }

  /** Starts the process. Resolves when it works. @throws Error if it does not within a minute. */
  async start(): Promise<void> {
    const { name, command, args, env, works, onError } = this.#start;
    const child = spawn(command, args, {
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      if (said.length < 50) said.push(chunk);
      onError?.(chunk);
    });
    const failed = once(child, 'error').then(([error]) => Promise.reject(error));
    failed.catch(() => {}); // It started.
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    this.#child = child;
    const ended = once(child, 'exit').then(() =>
      Promise.reject(new Error(`${name} ended: ${said.join('').slice(-2_000)}`)),
    );
    ended.catch(() => {}); // It is ended later.
    await Promise.race([failed, ended, waitUntil(`${name} works`, works)]);
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends the process as an operator does. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async freeze(): Promise<void> {
    this.#child?.kill('SIGSTOP');
  }

  async restore(): Promise<void> {
    if (!this.isRunning()) return this.start();
    this.#child?.kill('SIGCONT');
    await waitUntil(`${this.name} works again`, this.#start.works);
  }

  isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Returns the bytes of the live heap, of a process that was started with `bench/heap-probe.mjs`. */
  async liveHeap(): Promise<number> {
    const probe = this.#child?.stdio[3];
    if (!(probe instanceof Readable)) throw new Error(`${this.name} does not run.`);
    this.#child?.kill('SIGUSR2');
    return Number(String((await once(probe, 'data'))[0]));
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (!this.#child || !this.isRunning()) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }
}

/** Resolves when a condition holds. @throws Error if it does not within a minute. */
async function waitUntil(condition: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`It does not hold that ${condition}.`);
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
}
