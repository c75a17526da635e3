import { cpuMs } from '../child.ts';
import { pool } from '../clients.ts';
import type { RedisCounters } from './redis-counters.ts';

/** Number of calls in flight. */
const IN_FLIGHT = 8;

/** What one call of a kind cost in a run. */
export interface Sample {
  /** Processor time of the replica, in milliseconds. */
  readonly cpuMs: number;
  /** Scripts and commands that Redis carried out (the commands in scripts included), and its processor time in milliseconds. */
  readonly redis?: { readonly scripts: number; readonly commands: number; readonly cpuMs: number } | undefined;
}

/** A kind of call to measure. */
export interface Kind {
  readonly name: string;
  /** Number of calls of a run. */
  readonly calls: number;
  /** Makes the call with this index in a run. Rejects if the call has another result than the kind says. */
  readonly call: (index: number) => Promise<void>;
  /** Prepares a run; its cost does not count. */
  readonly prepare?: () => Promise<void>;
}

/** The cost of a kind of call, run by run. */
export interface Cost {
  readonly name: string;
  readonly samples: readonly Sample[];
}

/** Measures what calls cost one replica and its Redis. The load itself runs in this process and is in no figure. */
export class Meter {
  readonly #pid: number | undefined;
  readonly #redis: RedisCounters | undefined;

  constructor(pid: number | undefined, redis?: RedisCounters) {
    this.#pid = pid;
    this.#redis = redis;
  }

  /** Measures kinds of calls in turn, in each run. The first run, in which code is compiled, does not count. */
  async measure(kinds: readonly Kind[], runs: number): Promise<Cost[]> {
    const samples = kinds.map(() => [] as Sample[]);
    for (let run = 0; run <= runs; run += 1) {
      for (const [index, kind] of kinds.entries()) {
        const sample = await this.#run(kind);
        if (run > 0) samples[index]?.push(sample);
      }
    }
    return kinds.map(({ name }, index) => ({ name, samples: samples[index] ?? [] }));
  }

  async #run({ calls, call, prepare }: Kind): Promise<Sample> {
    await prepare?.();
    const redisBefore = await this.#redis?.read();
    const before = cpuMs(this.#pid);
    await pool(calls, IN_FLIGHT, call);
    const cpu = (cpuMs(this.#pid) - before) / calls;
    const redisAfter = await this.#redis?.read();
    if (!redisBefore || !redisAfter) return { cpuMs: cpu };
    return {
      cpuMs: cpu,
      redis: {
        scripts: (redisAfter.scripts - redisBefore.scripts) / calls,
        commands: (redisAfter.commands - redisBefore.commands) / calls,
        cpuMs: (redisAfter.cpuMs - redisBefore.cpuMs) / calls,
      },
    };
  }
}

/** Returns the cost of calls that belong together, run by run. */
export function sumOf(name: string, costs: readonly Cost[]): Cost {
  const [first, ...others] = costs;
  const samples = (first?.samples ?? []).map((sample, run) =>
    others.reduce((sum, { samples: more }) => add(sum, more[run]), sample),
  );
  return { name, samples };
}

function add(one: Sample, other: Sample | undefined): Sample {
  if (!other) return one;
  const cpu = one.cpuMs + other.cpuMs;
  if (!one.redis || !other.redis) return { cpuMs: cpu };
  return {
    cpuMs: cpu,
    redis: {
      scripts: one.redis.scripts + other.redis.scripts,
      commands: one.redis.commands + other.redis.commands,
      cpuMs: one.redis.cpuMs + other.redis.cpuMs,
    },
  };
}
