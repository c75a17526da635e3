import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { runCommand } from '../fixtures/command.ts';
import { TOKEN } from '../fixtures/harness.ts';
import { runProgram } from '../fixtures/processes.ts';

// What the settings accept is tested without a process, in test/unit/settings.test.ts.
describe('the program, started with settings that are not accepted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const tokens = 'AIVEN_CMK_HTTP_TOKENS_FILE';

  it.each<[string, string[], Record<string, string>, string[]]>([
    ['an unknown flag', ['--sandbx'], {}, ['--sandbx', '--sandbox']],
    ['no token', [], {}, ['AIVEN_TOKEN', 'console.aiven.io', '--sandbox']],
    ['two tokens', [], { AIVEN_TOKEN: TOKEN, AIVEN_TOKEN_FILE: '/x' }, ['AIVEN_TOKEN', 'AIVEN_TOKEN_FILE', 'both']],
    ['a tokens file that is not there', ['--sandbox', '--http', '0'], { [tokens]: '/no/such' }, [tokens]],
    [
      'a tokens file of another form',
      ['--sandbox', '--http', '0'],
      { [tokens]: file('tokens', 'ada cmk:all x') },
      ['line 1', 'SHA256'],
    ],
    [
      'an address of another machine',
      ['--sandbox', '--http', '192.0.2.1:1', '--insecure-no-sign-in'],
      {},
      ['192.0.2.1'],
    ],
  ])('exits with 2 and says in one line on standard error what it accepts: %s', async (_case, args, env, parts) => {
    const { status, stdout, stderr } = await runCommand(args, env);
    expect({ status, stdout }).toStrictEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^aiven-cmk-mcp: [^\n]{1,400}\n$/);
    for (const part of parts) expect(stderr).toContain(part);
    expect(stderr).not.toContain(TOKEN);
  });

  it.each([
    ['no token', [], {}],
    ['a tokens file that is not there', ['--sandbox', '--http', '0'], { [tokens]: '/no/such' }],
  ])('ends as a process just so: %s', async (_case, args, env) => {
    expect(await runProgram(args, env)).toStrictEqual(await runCommand(args, env));
  });

  it('prints its usage on request', async () => {
    const { status, stdout, stderr } = await runProgram(['--help']);
    expect({ status, stderr }).toStrictEqual({ status: 0, stderr: '' });
    for (const name of ['--sandbox', '--version', 'AIVEN_TOKEN']) expect(stdout).toContain(name);
    expect(await runCommand(['-h'])).toStrictEqual({ status, stdout, stderr });
  });

  it('prints its version on request', async () => {
    expect(await runProgram(['--version'])).toStrictEqual({
      status: 0,
      stdout: `${packageJson.version}\n`,
      stderr: '',
    });
  });
});
