import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Metrics } from '../../src/telemetry/metrics.ts';

const samplesOf = async (metrics: Metrics) =>
  (await metrics.text()).body.split('\n').filter((line) => /^aiven_cmk_approval/.test(line));

describe('the metrics of approvals', () => {
  it('do not count a call that waits for a person as refused', async () => {
    const metrics = new Metrics();
    metrics.call('aiven_cmk_delete', 'approval_requested', 1);
    metrics.call('aiven_cmk_delete', 'approval_pending', 1);
    expect(await samplesOf(metrics)).toStrictEqual(['aiven_cmk_approval_store_errors_total 0']);
    metrics.call('aiven_cmk_delete', 'approval_declined', 1);
    expect(await samplesOf(metrics)).toContain('aiven_cmk_approvals_total{result="refused"} 1');
  });

  it('count what happens to requests on the page, and failures of their store', async () => {
    const metrics = new Metrics();
    metrics.approvalEvent('approval.requested');
    metrics.approvalEvent('approval.requested');
    metrics.approvalEvent('approval.used');
    metrics.storeFailure();
    expect(await samplesOf(metrics)).toStrictEqual([
      'aiven_cmk_approval_events_total{event="requested"} 2',
      'aiven_cmk_approval_events_total{event="used"} 1',
      'aiven_cmk_approval_store_errors_total 1',
    ]);
  });

  it('are there wherever docs/operations.md names one', async () => {
    const metrics = new Metrics();
    metrics.watchPending(async () => []);
    const known = [...(await metrics.text()).body.matchAll(/^# TYPE (aiven_cmk_\w+)/gm)].map(([, name]) => name);
    const named =
      readFileSync('docs/operations.md', 'utf8').match(/(?<!\w)aiven_cmk_\w+_(?:total|seconds|pending)\b/g) ?? [];
    expect(new Set(named).size).toBeGreaterThan(2);
    expect([...new Set(named)].filter((name) => !known.includes(name))).toStrictEqual([]);
  });

  it('are not numbers while what is pending cannot be read, and do not hide the others', async () => {
    const metrics = new Metrics();
    metrics.watchPending(() => Promise.reject(new Error('The store is away.')));
    const text = (await metrics.text()).body;
    expect(text).toMatch(/^aiven_cmk_approvals_pending nan$/im);
    expect(text).toMatch(/^aiven_cmk_approval_oldest_pending_seconds nan$/im);
    expect(text).toMatch(/^process_cpu_seconds_total /m);
  });
});
