import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PROGRAM } from '../fixtures/harness.ts';
import { checks, conformance, passedWhole, RUN_MS, type Run, type Server, start } from './suite.ts';

const BASELINE = fileURLToPath(new URL('./baseline.yml', import.meta.url));
const FIXTURES = fileURLToPath(new URL('./fixture-server.ts', import.meta.url));

const all = (revision: string) => ['--suite', 'all', '--spec-version', revision];

describe('the product over HTTP, in the official conformance suite', () => {
  let product: Server;
  const runs = new Map<string, Run>();
  const run = (revision: string): Run => {
    const found = runs.get(revision);
    if (!found) throw new Error(`The suite did not run for ${revision}`);
    return found;
  };

  beforeAll(async () => {
    product = await start([PROGRAM, '--sandbox', '--http', '127.0.0.1:0']);
    for (const revision of ['2025-11-25', '2026-07-28']) {
      runs.set(revision, await conformance(product.url, [...all(revision), '--expected-failures', BASELINE]));
    }
  }, 3 * RUN_MS);
  afterAll(() => product.stop());

  // Of the scenarios that pass whole, those that pass for more than that the server has not what they look at.
  it.each([
    {
      revision: '2025-11-25',
      whole: ['dns-rebinding-protection', 'ping', 'server-initialize', 'tools-list'],
    },
    {
      revision: '2026-07-28',
      whole: [
        'dns-rebinding-protection',
        'http-header-validation',
        'input-required-result-unsupported-methods',
        'server-sse-multiple-streams',
        'tools-list',
      ],
    },
  ])('passes $whole.length scenarios or more of $revision whole, and whatever the baseline does not name', (each) => {
    const { code, output } = run(each.revision);
    expect(output).toContain('Baseline check passed');
    expect(code).toBe(0);
    expect(passedWhole(run(each.revision))).toEqual(expect.arrayContaining(each.whole));
    expect(passedWhole(run(each.revision)).length).toBeGreaterThanOrEqual(each.whole.length);
  });

  it('passes 24 checks or more of server-stateless', () => {
    const passed = checks(run('2026-07-28'), 'SUCCESS').filter((check) => check.startsWith('server-stateless:'));
    expect(passed.length).toBeGreaterThanOrEqual(24);
  });

  it('has a baseline of exactly the checks that do not pass', () => {
    const { server } = parse(readFileSync(BASELINE, 'utf8')) as { server: string[] };
    const open = [...runs.values()].flatMap((each) => checks(each, 'FAILURE', 'WARNING'));
    expect(server.toSorted()).toStrictEqual([...new Set(open)].sort());
  });

  it(
    'would be told of a check in the baseline that passes',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'conformance-stale-'));
      const stale = join(folder, 'baseline.yml');
      await writeFile(stale, 'server:\n  - ping:ping\n');
      const options = ['--scenario', 'ping', '--spec-version', '2025-11-25', '--expected-failures', stale];
      const { code, output } = await conformance(product.url, options);
      await rm(folder, { recursive: true });
      expect(output).toContain('Baseline is stale');
      expect(code).toBe(1);
    },
    RUN_MS,
  );
});

describe('tools of the suite behind the HTTP layer of the product, for 2026-07-28 and with no baseline', () => {
  let found: Run;

  beforeAll(async () => {
    const fixtures = await start(['--import', 'tsx', FIXTURES]);
    try {
      found = await conformance(fixtures.url, all('2026-07-28'));
    } finally {
      await fixtures.stop();
    }
  }, 2 * RUN_MS);

  const of = (scenarios: RegExp, names: readonly string[]) => names.filter((name) => scenarios.test(name));

  it.each([
    { title: 'rounds of questions', scenarios: /^input-required-/, least: 14 },
    { title: 'arguments repeated in headers', scenarios: /^http-custom-header-server-validation$/, least: 1 },
    { title: 'progress in a stream', scenarios: /^tools-call-with-progress$/, least: 1 },
  ])('$title: every scenario passes whole', ({ scenarios, least }) => {
    const ran = of(scenarios, [...found.scenarios.keys()]);
    expect(of(scenarios, passedWhole(found))).toStrictEqual(ran);
    expect(ran.length).toBeGreaterThanOrEqual(least);
  });

  it('server-stateless passes, without the two checks for servers whose lists change', () => {
    const stateless = /^server-stateless:/;
    expect(of(stateless, checks(found, 'FAILURE', 'WARNING'))).toStrictEqual([]);
    expect(of(stateless, checks(found, 'SKIPPED'))).toStrictEqual([
      'server-stateless:sep-2575-server-sends-prompts-list-changed-on-subscription',
      'server-stateless:sep-2575-server-sends-tools-list-changed-on-subscription',
    ]);
    expect(of(stateless, checks(found, 'SUCCESS')).length).toBeGreaterThanOrEqual(28);
  });
});
