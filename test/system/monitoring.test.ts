import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { ALERT_CASES, type AlertCase } from '../fixtures/alert-cases.ts';
import { HTTP_CLIENTS, startHttp } from '../fixtures/http-harness.ts';

const RULES = 'deploy/monitoring/alerts.yaml';
const Rule = z.object({
  alert: z.string(),
  expr: z.string(),
  labels: z.object({ severity: z.enum(['critical', 'warning']) }),
  annotations: z.object({ summary: z.string() }),
});
const rules = z
  .object({ groups: z.tuple([z.object({ name: z.string(), rules: z.array(Rule) })]) })
  .parse(parse(readFileSync(RULES, 'utf8'))).groups[0].rules;

const Panel = z.object({
  id: z.number(),
  title: z.string(),
  type: z.enum(['stat', 'timeseries', 'row']),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(z.object({ expr: z.string(), refId: z.string() })).default([]),
});
const dashboard = z
  .object({ uid: z.string(), title: z.string(), schemaVersion: z.number(), panels: z.array(Panel) })
  .parse(JSON.parse(readFileSync('deploy/monitoring/dashboard.json', 'utf8')));

/** The queries of the dashboard, with the variables of Grafana filled in. */
const queries = dashboard.panels.flatMap(({ targets }) =>
  targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m').replaceAll('$job', 'aiven-cmk-mcp')),
);

const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-alerts-'));
afterAll(() => rmSync(folder, { recursive: true }));

function promtool(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

function write(name: string, content: object): string {
  const file = join(folder, name);
  writeFileSync(file, stringify(content));
  return file;
}

describe('the metrics', () => {
  let text: string;
  beforeAll(async () => {
    const server = await startHttp(['--sandbox', '--metrics', '0']);
    const client = await HTTP_CLIENTS[0]?.connect(server.origin);
    await client?.call('aiven_cmk_list', { project: 'sandbox' });
    await client?.call('aiven_cmk_get', { project: 'sandbox', cmk_id: 'none' });
    text = await (await fetch(`${server.metricsOrigin}/metrics`)).text();
    await client?.close();
    await server.stop();
  });

  it('are as promtool wants them, but for names that prom-client gives to those of Node', () => {
    const said = promtool(['check', 'metrics'], text).text.split('\n');
    expect(said.filter((line) => line !== '' && !line.startsWith('nodejs_'))).toStrictEqual([]);
    expect(text).toMatch(/^aiven_cmk_calls_total\{tool="aiven_cmk_list",outcome="ok"\} 1$/m);
  });

  it('are the only ones that the rules and the dashboard name, and all of this server’s own are on the dashboard', async () => {
    // Those of what is pending are there only where an approval page is set up.
    const metrics = new Metrics();
    metrics.watchPending(async () => []);
    const all = text + (await metrics.text()).body;
    const types = [...all.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
    const known = types.flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    );
    const named = (exprs: readonly string[]) =>
      new Set(exprs.flatMap((expr) => expr.replace(/\{[^}]*\}|\[[^\]]*\]/g, '').match(/\b\w+_\w+\b/g) ?? []));
    const functions = ['histogram_quantile', 'label_values'];
    const names = [...named([...rules.map(({ expr }) => expr), ...queries])];
    expect(names.filter((name) => !known.includes(name) && !functions.includes(name))).toStrictEqual([]);
    const own = types.map(([, name = '']) => name).filter((name) => name.startsWith('aiven_cmk_'));
    const shown = [...named(queries)].map((name) => name.replace(/_(?:bucket|sum|count)$/, ''));
    expect([...new Set(own)].filter((name) => !shown.includes(name))).toStrictEqual([]);
  });
});

describe('the alert rules', () => {
  it('are understood by Prometheus', () => {
    expect(promtool(['check', 'rules', RULES])).toMatchObject({ status: 0 });
  });

  it('have a case each', () => {
    expect([...new Set(ALERT_CASES.map(({ alert }) => alert))].sort()).toStrictEqual(
      rules.map(({ alert }) => alert).sort(),
    );
  });

  it('raise an alert where they should, and none where they should not', () => {
    const tests = ALERT_CASES.map(unitTest);
    const file = write('tests.yaml', { rule_files: [resolve(RULES)], tests });
    const { status, text } = promtool(['test', 'rules', file]);
    expect(status, text).toBe(0);
  });

  it('are explained to operators, each by its name', () => {
    const document = readFileSync('docs/operations.md', 'utf8');
    for (const { alert } of rules) expect(document).toContain(`\`${alert}\``);
  });
});

describe('the dashboard', () => {
  it('has queries that Prometheus understands, and panels that do not overlap', () => {
    const file = write('queries.yaml', {
      groups: [{ name: 'queries', rules: queries.map((expr, index) => ({ record: `query:${index}`, expr })) }],
    });
    expect(promtool(['check', 'rules', file])).toMatchObject({ status: 0 });
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)}:${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });
});

function unitTest({ alert, series, raisedAt, quietAt, labels = {}, summary }: AlertCase) {
  const rule = rules.find((each) => each.alert === alert);
  const raised = {
    exp_labels: { ...labels, severity: rule?.labels.severity },
    exp_annotations: { summary: summary ?? rule?.annotations.summary },
  };
  const quiet = quietAt === undefined ? [] : [{ alertname: alert, eval_time: `${quietAt}m` }];
  return {
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [{ alertname: alert, eval_time: `${raisedAt}m`, exp_alerts: [raised] }, ...quiet],
  };
}
