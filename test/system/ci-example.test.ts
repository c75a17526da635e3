import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { PROGRAM } from '../fixtures/harness.ts';

const Workflow = z.object({
  jobs: z.record(
    z.string(),
    z.object({ steps: z.array(z.object({ name: z.string().optional(), run: z.string().optional() })) }),
  ),
});

const WORKFLOW = 'docs/examples/ci/review-keys.yml';

describe('the workflow that reviews keys', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-ci-'));
  const state = join(folder, 'sandbox.json');
  const { jobs } = Workflow.parse(parse(readFileSync(WORKFLOW, 'utf8')));
  const steps = jobs.review?.steps ?? [];
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Runs a step as the runner does, with the program and its sandbox in place of the installed one. */
  const runStep = (name: string, project = 'sandbox') => {
    const script =
      steps.find((step) => step.name === name)?.run?.replaceAll('aiven-cmk-mcp/docs/', 'docs/') ?? 'exit 9';
    const env = {
      PATH: [folder, dirname(process.execPath), process.env.PATH].join(delimiter),
      CI: 'true',
      PROJECT: project,
    };
    return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
      execFile('sh', ['-e', '-c', script], { env }, (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, stdout, stderr });
      });
    });
  };
  const changeState = (change: (text: string) => string) => writeFileSync(state, change(readFileSync(state, 'utf8')));

  beforeAll(() => {
    const command = join(folder, 'aiven-cmk-mcp');
    writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@" --sandbox --state '${state}'\n`);
    chmodSync(command, 0o755);
  });

  it('uses the versions of actions that the workflows of this repository use', () => {
    const usesOf = (file: string) => readFileSync(file, 'utf8').match(/uses: .*/g) ?? [];
    expect(usesOf('.github/workflows/test.yml')).toStrictEqual(expect.arrayContaining(usesOf(WORKFLOW)));
    expect(usesOf(WORKFLOW)).toHaveLength(2);
  });

  it('passes while no key needs attention, and fails for an old key that services use', async () => {
    expect(await runStep('Check settings, token and role')).toMatchObject({ code: 0 });
    expect(await runStep('Review the keys')).toMatchObject({ code: 0, stdout: '4 keys, none needs attention.\n' });
    const isGcp = /("id":\s*"2{8}[^}]*?"status":\s*)"current"/;
    changeState((text) => text.replace(isGcp, '$1"old"'));
    const { code, stdout } = await runStep('Review the keys');
    expect(stdout).toMatch(
      /^attention: CMK 2{8}-\S+ \(gcp\) has the status old, and services use it: orders-pg, .*\n$/,
    );
    expect(code).toBe(3);
  });

  it('fails with the code of the program where the call fails, and says why', async () => {
    const { code, stderr } = await runStep('Review the keys', 'sandbox-viewer');
    expect([code, stderr]).toStrictEqual([1, expect.stringContaining('"code": "forbidden"')]);
    expect((await runStep('Review the keys', '../x')).code).toBe(2);
  });
});
