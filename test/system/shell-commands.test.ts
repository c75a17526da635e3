import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { auditLines, TOKEN } from '../fixtures/harness.ts';
import { runProgram as run, startProgram } from '../fixtures/processes.ts';
import { AWS } from '../fixtures/scripted-api.ts';

const [UNUSED, USED] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-shell-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the command of a tool, without a terminal', () => {
  it('prints the JSON of call, and leaves the record of call', async () => {
    const [command, call] = await Promise.all([
      run(['services', USED, '--sandbox']),
      run([
        'call',
        'aiven_cmk_services',
        `{"project":"sandbox","cmk_id":"${USED}"}`,
        '--sandbox',
        '--toolsets',
        'services',
      ]),
    ]);
    expect([command.status, command.stdout]).toStrictEqual([0, call.stdout]);
    expect(auditLines(command.stderr)).toMatchObject([{ tool: 'aiven_cmk_services', caller: 'shell', outcome: 'ok' }]);
  });

  it('prints a failure as JSON, and exits with 1', async () => {
    const { status, stdout } = await run(['get', 'nonsense', '--sandbox']);
    expect([status, JSON.parse(stdout).error.code]).toStrictEqual([1, 'invalid_arguments']);
  });

  it('prints whole tables with --wide, without colours', async () => {
    const { stdout } = await run(['list', '--sandbox', '--wide'], { FORCE_COLOR: '1', COLUMNS: '40' });
    expect(stdout).toMatch(
      /^ID +STATUS +CLOUD +DEFAULT +KEY +CREATED\n1{8}-\S+ {2}current {2}aws +yes +arn:aws:kms:\S+e +2/,
    );
  });

  it('prints a configuration for Terraform alone, and elsewhere names no such flag', async () => {
    const { status, stdout } = await run(['export', '--terraform', '--sandbox']);
    expect([status, stdout]).toStrictEqual([0, expect.stringMatching(/^# aiven_cmk is in the beta stage.*\n\}\n$/s)]);
    expect((await run(['list', '--terraform', '--sandbox'])).status).toBe(2);
    const failed = await run(['export', '--terraform', '--sandbox', '--project', 'none']);
    expect([failed.status, JSON.parse(failed.stdout).error.code]).toStrictEqual([1, 'not_found']);
  });

  it.each<[string, string[], RegExp]>([
    ['the id once, where nobody can be asked', ['delete', UNUSED], /--confirm-cmk-id is missing/],
    ['the id once, with --yes', ['delete', UNUSED, '--yes'], /--confirm-cmk-id is missing/],
    [
      'a write with --read-only',
      ['delete', UNUSED, '--confirm-cmk-id', UNUSED, '--read-only'],
      /delete is switched off/,
    ],
    ['two projects', ['list', '--project', 'a', '--project', 'b'], /--project is more than one/],
    ['a shell that is not known', ['completion', 'pwsh'], /bash, zsh, fish/],
    [
      'a state that is none',
      ['list', '--state', join(folder, 'other')],
      /--state cannot be used: \S+other is not a state/,
    ],
  ])('exits with 2 for %s', async (_case, args, message) => {
    writeFileSync(join(folder, 'other'), '{"a":1}');
    const { status, stdout, stderr } = await run([...args, '--sandbox']);
    expect({ status, stdout }).toStrictEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^aiven-cmk-mcp: [^\n]+\n$/);
    expect(stderr).toMatch(message);
  });

  it('refuses a project that is none, where there is no sandbox and no default', async () => {
    const { status, stderr } = await run(['list'], { AIVEN_CMK_TOKEN: TOKEN });
    expect([status, stderr]).toStrictEqual([2, expect.stringContaining('--project is missing')]);
  });
});

describe('a state file', () => {
  it('keeps what several programs do at the same time', async () => {
    const state = ['--sandbox', '--state', join(folder, 'state.json')];
    const create = (n: number) => run(['create', '--provider', 'aws', '--resource', `${AWS}-${n}`, ...state]);
    const created = await Promise.all([1, 2, 3].map(create));
    expect(created.map(({ status }) => status)).toStrictEqual([0, 0, 0]);
    const removed = await run(['delete', UNUSED, '--confirm-cmk-id', UNUSED, '--yes', ...state]);
    expect(JSON.parse(removed.stdout)).toMatchObject({ approval: 'argument', cmk: { id: UNUSED } });
    const { stdout } = await run(['list', ...state]);
    expect(JSON.parse(stdout).cmks).toHaveLength(4 + 3 - 1);
  });
});

describe('sandbox', () => {
  it('says on standard error that it runs, and what the lines are for', async () => {
    const child = startProgram(['sandbox']);
    let told = '';
    for await (const chunk of child.stderr) {
      told += chunk;
      if (told.includes('\n')) break;
    }
    expect(told).toMatch(/^aiven-cmk-mcp: the sandbox runs on http:\/\/127\.0\.0\.1:\d+ until Ctrl-C; paste .*export/);
    child.kill('SIGTERM');
  });
});

describe('doctor --json', () => {
  it.each<[string, Record<string, string>, boolean, object[]]>([
    [
      'checks',
      {},
      false,
      [
        { what: 'settings', status: 'ok' },
        { what: 'API', status: 'FAIL' },
        { status: 'SKIP' },
        { what: 'token', status: 'FAIL' },
      ],
    ],
    [
      'settings that are not understood',
      { AIVEN_CMK_READ_ONLY: 'ture' },
      false,
      [{ what: 'settings', status: 'FAIL' }],
    ],
  ])('prints %s, and exits with 1 on a failure', async (_case, env, ok, checks) => {
    const { status, stdout } = await run(['doctor', '--json'], { AIVEN_API_ORIGIN: 'http://127.0.0.1:9', ...env });
    expect(status).toBe(1);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ ok });
    expect(report.checks).toMatchObject([...checks, ...report.checks.slice(checks.length)]);
  });
});
