import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';

const FOLDER = '.github/workflows';
const names = readdirSync(FOLDER);
const Step = z.object({ uses: z.string().optional(), run: z.string().optional(), with: z.looseObject({}).optional() });
const Job = z.object({
  permissions: z.record(z.string(), z.enum(['read', 'write'])),
  'timeout-minutes': z.number(),
  steps: z.array(Step),
  strategy: z.object({ matrix: z.looseObject({ node: z.array(z.number()).optional() }) }).optional(),
});
const Workflow = z.looseObject({
  on: z.looseObject({}),
  permissions: z.strictObject({}),
  jobs: z.record(z.string(), Job),
});
const read = (name: string) => Workflow.parse(parse(readFileSync(join(FOLDER, name), 'utf8')));
const jobs = names.flatMap((name) => Object.entries(read(name).jobs).map(([job, rest]) => ({ name, job, ...rest })));
const steps = jobs.flatMap((job) => job.steps);

describe('the workflows', () => {
  it('pin every action by its full commit, with the version beside it', () => {
    const lines = names.flatMap((name) => readFileSync(join(FOLDER, name), 'utf8').match(/uses: .*/g) ?? []);
    expect(lines.length).toBe(steps.filter(({ uses }) => uses !== undefined).length);
    for (const line of lines) expect(line).toMatch(/^uses: [\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    // One version of an action everywhere.
    const actions = new Set(lines.map((line) => line.split('@')[0]));
    expect(new Set(lines).size).toBe(actions.size);
  });

  it('give no job a right that it does not need, and none to the code of a pull request', () => {
    const writing = jobs.flatMap(({ name, job, permissions }) => {
      const rights = Object.entries(permissions).flatMap(([right, level]) => (level === 'write' ? [right] : []));
      return rights.length > 0 ? [`${name} ${job}: ${rights.join(' ')}`] : [];
    });
    expect(writing.toSorted()).toStrictEqual([
      'codeql.yml analyze: security-events',
      'release.yml image: packages id-token attestations',
      'release.yml npm: id-token',
      'release.yml registry: id-token',
    ]);
    for (const name of names) expect(Object.keys(read(name).on)).not.toContain('pull_request_target');
    expect(Object.keys(read('release.yml').on)).toStrictEqual(['push']);
  });

  it('keep no credential in the work tree, and put no text of an event into a script', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts).toHaveLength(jobs.length);
    for (const { with: given } of checkouts) expect(given).toStrictEqual({ 'persist-credentials': false });
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
    expect(names.map((name) => readFileSync(join(FOLDER, name), 'utf8')).join('')).not.toMatch(/\bsecrets\./);
  });

  it('test on every supported Node, and release nothing from a cache or with the scripts of a package', () => {
    expect(jobs.flatMap(({ strategy }) => strategy?.matrix.node ?? [])).toStrictEqual([20, 22, 24, 26]);
    const node = Object.values(read('release.yml').jobs).flatMap((job) =>
      job.steps.filter(({ uses }) => uses?.includes('setup-node')),
    );
    for (const { with: given } of node) expect(given).toMatchObject({ 'package-manager-cache': false });
    for (const { run = '' } of steps.filter(({ run }) => run?.includes('npm ci')))
      expect(run).toBe('npm ci --ignore-scripts');
  });
});
