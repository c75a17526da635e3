import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { usage } from '../../src/app/command-line/usage.ts';
import { readCommand } from '../../src/app/config/config.ts';
import { CmkError } from '../../src/core/errors.ts';
import { CLIENTS, TOKEN } from '../fixtures/harness.ts';
import { apiForSuite } from '../fixtures/suite.ts';

/** The message with which the settings are refused; empty where they are accepted. */
async function refusal(args: string[], env: Record<string, string> = {}): Promise<string> {
  try {
    await readCommand(args, env);
    return '';
  } catch (error) {
    if (error instanceof CmkError && error.code === 'invalid_settings') return error.message;
    throw error;
  }
}

describe('a setting that is not understood stops the start with one line that says what it accepts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    '$AIVEN_TOKEN',
    '$env:AIVEN_TOKEN',
    '%AIVEN_TOKEN%',
    '{env:AIVEN_TOKEN}',
    '<your-token>',
    'YOUR_AIVEN_TOKEN',
  ])('the placeholder %s for a token', async (left) => {
    expect(await refusal([], { AIVEN_TOKEN: left })).toMatch(/placeholder/);
  });

  it.each<[string, string[], Record<string, string>, string[]]>([
    ['an unknown flag', ['--sandbx'], {}, ['--sandbx', '--sandbox']],
    ['an unknown short flag', ['-x'], {}, ['-x', '--help']],
    ['a word that is no command', ['--sandbox', 'extra'], {}, ['extra', '--help']],
    ['a command with letters left out', ['--sandbox', 'lst'], {}, ['"lst"', 'did you mean list?']],
    ['a value behind an unknown flag', ['--porject', 'a'], {}, ['did you mean --project?']],
    ['an argument after --', ['--', 'extra'], {}, ['--']],
    ['a flag with a value it does not take', ['--sandbox=false'], {}, ['--sandbox', 'takes no value']],
    ['a flag from an object’s insides', ['--constructor'], {}, ['--constructor']],
    ['an unknown variable', ['--sandbox'], { AIVEN_CMK_TIMEOUT: '1' }, ['AIVEN_CMK_TIMEOUT"', 'AIVEN_CMK_TIMEOUT_MS']],
    ['no token', [], {}, ['AIVEN_TOKEN', 'console.aiven.io', '--sandbox']],
    ['an empty token', [], { AIVEN_TOKEN: '' }, ['AIVEN_TOKEN', 'empty']],
    ['a token with a line break', [], { AIVEN_TOKEN: 'secret-secret\nx' }, ['AIVEN_TOKEN']],
    ['a placeholder for a token', [], { AIVEN_TOKEN: `\${env:AIVEN_TOKEN}` }, ['placeholder']],
    ['two tokens', [], { AIVEN_TOKEN: TOKEN, AIVEN_TOKEN_FILE: '/x' }, ['AIVEN_TOKEN', 'AIVEN_TOKEN_FILE', 'both']],
    ['a token file that is not there', [], { AIVEN_TOKEN_FILE: '/no/such' }, ['AIVEN_TOKEN_FILE', 'ENOENT']],
    ['an empty token file', [], { AIVEN_TOKEN_FILE: file('empty', '\n') }, ['AIVEN_TOKEN_FILE']],
    ['an origin that is no URL', [], { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: 'aiven' }, ['AIVEN_API_ORIGIN', 'https']],
    [
      'http to elsewhere',
      [],
      { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: 'http://a.example' },
      ['AIVEN_API_ORIGIN', 'https'],
    ],
    [
      'an origin with a path',
      [],
      { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: 'https://a.example/v1' },
      ['AIVEN_API_ORIGIN'],
    ],
    [
      'an origin with a user',
      [],
      { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: 'https://u:p@a.example' },
      ['AIVEN_API_ORIGIN'],
    ],
    [
      'a time-out that is no number',
      ['--sandbox'],
      { AIVEN_CMK_TIMEOUT_MS: '30s' },
      ['AIVEN_CMK_TIMEOUT_MS', '600000'],
    ],
    ['a time-out out of range', ['--sandbox'], { AIVEN_CMK_TIMEOUT_MS: '0' }, ['AIVEN_CMK_TIMEOUT_MS', '600000']],
    [
      'a read-only that is neither yes nor no',
      ['--sandbox'],
      { AIVEN_READ_ONLY: 'ture' },
      ['AIVEN_READ_ONLY', '"ture"', 'true'],
    ],
    ['an empty read-only', ['--sandbox'], { AIVEN_READ_ONLY: '' }, ['AIVEN_READ_ONLY', 'empty']],
    ['a value for read-only', ['--sandbox', '--read-only=false'], {}, ['--read-only', 'takes no value']],
    [
      'an approval mode that is none',
      ['--sandbox', '--approval', 'never'],
      {},
      ['--approval', 'auto, page, required, argument'],
    ],
    ['an approval mode in the variable', ['--sandbox'], { AIVEN_CMK_APPROVAL: 'Auto' }, ['AIVEN_CMK_APPROVAL', 'auto']],
    ['a project without its name', ['--sandbox', '--project'], {}, ['--project', 'VALUE']],
    ['a project that is another flag', ['--sandbox', '--project', '--read-only'], {}, ['--project', 'VALUE']],
    ['a project that is no name', ['--sandbox', '--project', '../x'], {}, ['--project', 'letters']],
    ['an empty name among projects', ['--sandbox'], { AIVEN_PROJECT: 'a,,b' }, ['AIVEN_PROJECT', 'commas']],
    ['a deadline that is no number', ['--sandbox'], { AIVEN_CMK_DEADLINE_MS: 'never' }, ['AIVEN_CMK_DEADLINE_MS']],
    [
      'an approval time of nothing',
      ['--sandbox'],
      { AIVEN_CMK_APPROVAL_TIMEOUT_MS: '0' },
      ['AIVEN_CMK_APPROVAL_TIMEOUT_MS'],
    ],
    [
      'an audit file in no folder',
      ['--sandbox'],
      { AIVEN_CMK_AUDIT_FILE: '/no/such/file' },
      ['AIVEN_CMK_AUDIT_FILE', 'ENOENT'],
    ],
    [
      'HTTP on all addresses without sign-in',
      ['--sandbox', '--http', '0.0.0.0:8080'],
      {},
      ['--http 0.0.0.0', 'sign-in'],
    ],
    [
      'HTTP with a token and without sign-in',
      ['--http', '8080'],
      { AIVEN_TOKEN: TOKEN },
      ['--http', '--insecure-no-sign-in'],
    ],
    ['a port that is none', ['--sandbox', '--http', '65536'], {}, ['--http', '65535']],
    [
      'an issuer without an audience',
      ['--sandbox', '--http', '0'],
      { AIVEN_CMK_OIDC_ISSUER: 'https://a.example' },
      ['AIVEN_CMK_OIDC_AUDIENCE'],
    ],
    [
      'an issuer over http',
      ['--sandbox'],
      { AIVEN_CMK_OIDC_ISSUER: 'http://a.example' },
      ['AIVEN_CMK_OIDC_ISSUER', 'https'],
    ],
    [
      'sign-in without HTTP',
      ['--sandbox'],
      { AIVEN_CMK_HTTP_TOKENS_FILE: '/x' },
      ['AIVEN_CMK_HTTP_TOKENS_FILE', '--http'],
    ],
    [
      'a way to sign in beside none',
      ['--http', '0', '--insecure-no-sign-in'],
      { AIVEN_TOKEN: TOKEN, AIVEN_CMK_HTTP_TOKENS_FILE: '/x' },
      ['--insecure-no-sign-in'],
    ],
    [
      'an allowed host with a port',
      ['--sandbox', '--allowed-host', 'a.example:80'],
      {},
      ['--allowed-host', 'without scheme and port'],
    ],
    [
      'a flag given twice',
      ['--sandbox', '--approval', 'auto', '--approval', 'required'],
      {},
      ['--approval', 'more than once'],
    ],
    [
      'a near miss of read-only',
      ['--sandbox'],
      { AIVEN_READONLY: 'true' },
      ['AIVEN_READONLY', 'did you mean AIVEN_CMK_READ_ONLY?'],
    ],
    [
      'a near miss of read-only with the prefix of others',
      ['--sandbox'],
      { AIVEN_CMK_READONLY: 'true' },
      ['AIVEN_CMK_READONLY', 'did you mean AIVEN_CMK_READ_ONLY?'],
    ],
    ['a near miss of a flag', ['--sandbox', '--readonly'], {}, ['--readonly', 'did you mean --read-only?']],
    ['a flag with letters swapped', ['--sandbox', '--porject', 'a'], {}, ['--porject', 'did you mean --project?']],
    [
      'a near miss of project',
      ['--sandbox'],
      { AIVEN_PROJECTS: 'a' },
      ['AIVEN_PROJECTS', 'did you mean AIVEN_CMK_PROJECT?'],
    ],
    ['a variable in lower case', ['--sandbox'], { aiven_cmk_approval: 'required' }, ['AIVEN_CMK_APPROVAL']],
    [
      'an audit file that is a device',
      ['--sandbox'],
      { AIVEN_CMK_AUDIT_FILE: '/dev/null' },
      ['AIVEN_CMK_AUDIT_FILE', 'regular'],
    ],
    ['a token file that is a folder', [], { AIVEN_TOKEN_FILE: '/tmp' }, ['AIVEN_TOKEN_FILE', 'regular']],
    ['a hostile flag', [`--${'x'.repeat(9_999)}\n\u001b[31m`], {}, ['--x']],
  ])('%s', async (_case, args, env, parts) => {
    const message = await refusal(args, env);
    expect(message).toMatch(/^[^\n]{1,400}$/);
    for (const part of parts) expect(message).toContain(part);
    expect(message).not.toContain('secret-secret');
  });

  it.each(['--help', '-h'])('has a usage text with every flag and variable, for %s', async (flag) => {
    expect(await readCommand([flag], {})).toStrictEqual({ kind: 'help' });
    for (const name of ['--sandbox', '--help', '--version', 'AIVEN_TOKEN', 'AIVEN_TOKEN_FILE', 'AIVEN_API_ORIGIN']) {
      expect(usage()).toContain(name);
    }
  });

  it('ignores what Kubernetes makes of the name of a Service, there and only there', async () => {
    const links = { AIVEN_CMK_MCP_SERVICE_HOST: '10.0.0.1', AIVEN_CMK_MCP_PORT_80_TCP: 'tcp://10.0.0.1:80' };
    expect(await refusal(['--sandbox'], { ...links, KUBERNETES_SERVICE_HOST: '10.0.0.2' })).toBe('');
    expect(await refusal(['--sandbox'], links)).toContain('AIVEN_CMK_MCP_SERVICE_HOST');
  });

  describe.each(CLIENTS)('through $title', ({ open }) => {
    const api = apiForSuite();

    it('reads the token from a file, less the white space around it', async () => {
      const { project, seen } = api.scene(() => [200, { cmks: [] }]);
      const env = { AIVEN_TOKEN_FILE: file('token', ` ${TOKEN}\n`), AIVEN_API_ORIGIN: `${api.origin}/` };
      const client = await open({ env });
      await client.call('aiven_cmk_list', { project });
      expect(seen[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
      await client.close();
    });
  });
});
