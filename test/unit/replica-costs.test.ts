import { describe, expect, it } from 'vitest';
import { costTable } from '../../bench/costs/cost-tables.ts';
import { type Sample, sumOf } from '../../bench/costs/meter.ts';
import { countsOf } from '../../bench/costs/redis-counters.ts';

const INFO = `# Memory\r
used_memory_dataset:4096\r
# Commandstats\r
cmdstat_info:calls=9,usec=1,usec_per_call=1.00\r
cmdstat_client|setname:calls=1,usec=1,usec_per_call=1.00\r
cmdstat_evalsha:calls=11,usec=1,usec_per_call=1.00,rejected_calls=0,failed_calls=2\r
cmdstat_eval:calls=2,usec=1,usec_per_call=1.00\r
cmdstat_hmget:calls=30,usec=1,usec_per_call=1.00\r
`;

function sample(cpuMs: number, scripts: number): Sample {
  return { cpuMs, redis: { scripts, commands: 8 * scripts, cpuMs: cpuMs / 10 } };
}

describe('the costs of calls', () => {
  it('count scripts of Redis, and commands without those of the reader', () => {
    expect(countsOf(INFO)).toStrictEqual({ scripts: 13, commands: 43, datasetBytes: 4_096 });
    expect(() => countsOf('# Commandstats\r\n')).toThrow(/memory of its dataset/);
  });

  it('are added run by run', () => {
    const one = { name: 'one', samples: [sample(1, 2), sample(2, 2)] };
    const other = { name: 'other', samples: [sample(3, 5), sample(5, 5)] };
    const { samples } = sumOf('both', [one, other]);
    expect(samples.map(({ cpuMs }) => cpuMs)).toStrictEqual([4, 7]);
    expect(samples.map(({ redis }) => [redis?.scripts, redis?.commands])).toStrictEqual([
      [7, 56],
      [7, 56],
    ]);
    expect(sumOf('one of them without Redis', [one, { name: 'x', samples: [{ cpuMs: 1 }] }]).samples[0]).toStrictEqual({
      cpuMs: 2,
    });
  });

  it('are printed as medians with their range and what one core carries', () => {
    const rows = costTable([
      { name: 'a', samples: [sample(2, 11), sample(4, 11), sample(2.5, 11)] },
      { name: 'b', samples: [{ cpuMs: 0.5 }] },
    ]).split('\n');
    expect(rows[2]).toBe('| a | 2.50 | 2.00 to 4.00 | 400 | 11.0 | 88.0 | 0.25 |');
    expect(rows[3]).toBe('| b | 0.50 | – | 2,000 | – | – | – |');
  });
});
