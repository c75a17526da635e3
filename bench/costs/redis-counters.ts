import { Redis } from 'iovalkey';
import { cpuMs } from '../child.ts';

/** What Redis has done since it started. */
export interface RedisCounts {
  readonly scripts: number;
  /** All commands but those of the reader itself; the commands in scripts count, too. */
  readonly commands: number;
  readonly cpuMs: number;
  /** Memory of what is stored, in bytes. */
  readonly datasetBytes: number;
}

/** Reads the counters of a Redis on loopback (`INFO`). */
export class RedisCounters {
  readonly #client: Redis;
  readonly #pid: number | undefined;

  constructor(port: number, pid: number | undefined) {
    this.#client = new Redis({ host: '127.0.0.1', port, enableReadyCheck: false });
    this.#pid = pid;
  }

  async read(): Promise<RedisCounts> {
    const counts = countsOf(await this.#client.info('commandstats', 'memory'));
    return { ...counts, cpuMs: cpuMs(this.#pid) };
  }

  close(): void {
    this.#client.disconnect();
  }
}

/** Commands of the reader and of connections. */
const NOT_COUNTED = new Set(['info', 'client', 'client|setname', 'client|setinfo', 'hello', 'auth', 'select', 'ping']);

/** Returns the counts in the text of `INFO`. @throws Error if they are not there. */
export function countsOf(info: string): Omit<RedisCounts, 'cpuMs'> {
  let scripts = 0;
  let commands = 0;
  for (const [, name = '', calls] of info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)) {
    if (NOT_COUNTED.has(name)) continue;
    commands += Number(calls);
    if (name === 'eval' || name === 'evalsha') scripts += Number(calls);
  }
  const datasetBytes = Number(/^used_memory_dataset:(\d+)/m.exec(info)?.[1] ?? Number.NaN);
  if (Number.isNaN(datasetBytes)) throw new Error('INFO of Redis does not name the memory of its dataset.');
  return { scripts, commands, datasetBytes };
}
