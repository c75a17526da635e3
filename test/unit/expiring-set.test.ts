import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ExpiringSet } from '../../src/guard/approval/expiring-set.ts';

describe('a set whose values expire', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('takes a value once until its time is over', () => {
    const set = new ExpiringSet(2);
    expect([set.add('a', 1_000), set.add('a', 1_000), set.has('a')]).toStrictEqual([true, false, true]);
    vi.advanceTimersByTime(999);
    expect(set.has('a')).toBe(true);
    vi.advanceTimersByTime(1);
    expect([set.has('a'), set.add('a', 1_000)]).toStrictEqual([false, true]);
  });

  it('takes no more than it has room for, and forgets no value before its time to make room', () => {
    const set = new ExpiringSet(2);
    expect([set.add('a', 1_000), set.add('b', 2_000), set.add('c', 1_000)]).toStrictEqual([true, true, false]);
    expect([set.has('a'), set.has('b'), set.has('c')]).toStrictEqual([true, true, false]);
    vi.advanceTimersByTime(1_000);
    expect([set.add('c', 1_000), set.add('d', 1_000)]).toStrictEqual([true, false]);
  });
});
