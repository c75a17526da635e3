import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Command, readCommand } from '../../src/app/config/config.ts';

/** Made like a token of Aiven's, and also a project name, so that it passes where names are accepted. */
const TOKEN = 'cOIVa7Y8bXk2TqLw9ZpR4sNd6FgHj1Mv';
const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-misplaced-'));
const file = join(folder, 'token');
writeFileSync(file, `${TOKEN}\n`);
chmodSync(file, 0o600);
afterAll(() => rmSync(folder, { recursive: true }));

const refusal = (argv: readonly string[], environment: Record<string, string>): Promise<string> =>
  readCommand(argv, environment).then(
    () => 'accepted',
    (error: Error) => error.message,
  );
const isIn = (text: string) =>
  Array.from({ length: TOKEN.length - 7 }, (_, at) => TOKEN.slice(at, at + 8).toLowerCase()).some((part) =>
    text.toLowerCase().includes(part),
  );

const PLACES: readonly (readonly [place: string, argv: readonly string[], environment: Record<string, string>])[] = [
  ['AIVEN_PROJECT', [], { AIVEN_PROJECT: TOKEN }],
  ['AIVEN_API_ORIGIN', [], { AIVEN_API_ORIGIN: TOKEN }],
  ['AIVEN_API_ORIGIN, as a host name', [], { AIVEN_API_ORIGIN: `https://${TOKEN}.example` }],
  ['AIVEN_API_ORIGIN, as a query', [], { AIVEN_API_ORIGIN: `https://api.aiven.io/?token=${TOKEN}` }],
  ['AIVEN_CMK_TOOLSETS', [], { AIVEN_CMK_TOOLSETS: `cmk,${TOKEN}` }],
  ['AIVEN_READ_ONLY', [], { AIVEN_READ_ONLY: TOKEN }],
  ['AIVEN_CMK_APPROVAL', [], { AIVEN_CMK_APPROVAL: TOKEN }],
  ['AIVEN_CMK_HTTP', [], { AIVEN_CMK_HTTP: TOKEN }],
  ['AIVEN_CMK_TIMEOUT_MS', [], { AIVEN_CMK_TIMEOUT_MS: TOKEN }],
  ['AIVEN_CMK_AUDIT_FILE', [], { AIVEN_CMK_AUDIT_FILE: `/no/such/${TOKEN}` }],
  ['AIVEN_CMK_OIDC_ISSUER', [], { AIVEN_CMK_OIDC_ISSUER: TOKEN }],
  ['the name of a variable', [], { [`AIVEN_CMK_${TOKEN}`]: '1' }],
  ['HTTPS_PROXY', [], { HTTPS_PROXY: `ftp://${TOKEN}@proxy.example` }],
  ['an argument', [TOKEN], {}],
  ['the name of an option', [`--${TOKEN}`], {}],
  ['an option that is not known', [`--token=${TOKEN}`], {}],
  ['--approval', ['--approval', TOKEN], {}],
  ['--project', ['--project', TOKEN], {}],
  ['--http', ['--http', `${TOKEN}:80`], {}],
  ['--sandbox-faults', ['--sandbox', '--sandbox-faults', TOKEN], {}],
  ['--port', ['sandbox', '--port', TOKEN], {}],
];

describe.each(PLACES)('a token in %s stops the start and is not repeated', (_place, argv, environment) => {
  it.each([
    ['beside AIVEN_TOKEN', { AIVEN_TOKEN: TOKEN }],
    ['beside AIVEN_TOKEN_FILE', { AIVEN_TOKEN_FILE: file }],
    ['beside neither', {}],
  ])('%s', async (_where, token) => {
    const message = await refusal(argv, { ...token, ...environment });
    expect(message).not.toBe('accepted');
    expect(isIn(message)).toBe(false);
  });
});

it('the same token for avn stops no start, and in a variable of another name it does', async () => {
  expect(await refusal([], { AIVEN_TOKEN: TOKEN, AIVEN_AUTH_TOKEN: TOKEN })).toBe('accepted');
  expect(await refusal([], { AIVEN_TOKEN: TOKEN, AIVEN_AUTH_TOKENS: TOKEN })).toContain('AIVEN_AUTH_TOKENS holds');
});

describe('what a refusal quotes', () => {
  it.each(['ture', '../x', '30s', 'https://login.example.com/realms/platform', 'AIVEN_CMK_TIMEOUT'])(
    'holds %s',
    async (value) => {
      expect(await refusal(['--sandbox'], { AIVEN_READ_ONLY: value })).toContain(JSON.stringify(value));
    },
  );

  it.each([
    TOKEN,
    'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ',
    '0123456789abcdef0123456789abcdef',
    'x/Y+z0Abcdefghijklmn==',
  ])('does not hold %s, which may be a secret', async (value) => {
    expect(await refusal(['--sandbox'], { AIVEN_READ_ONLY: value })).toMatch(/AIVEN_READ_ONLY is \(not shown/);
  });
});

describe('a token file', () => {
  const warnings = async (mode: number) => {
    chmodSync(file, mode);
    const command: Command = await readCommand([], { AIVEN_TOKEN_FILE: file });
    return command.kind === 'serve' ? command.config.warnings : undefined;
  };

  // Group read is how Kubernetes (fsGroup) and Docker hand a secret to a user that is not root.
  it.each([0o600, 0o400, 0o440, 0o640])('of mode %o is used without a warning', async (mode) => {
    expect(await warnings(mode)).toStrictEqual([]);
  });

  it.each([0o644, 0o444, 0o604, 0o660, 0o602])('of mode %o is used with a warning', async (mode) => {
    expect(await warnings(mode)).toStrictEqual([
      expect.stringMatching(`^AIVEN_TOKEN_FILE .*0${mode.toString(8)}.*chmod 600`),
    ]);
  });
});

describe('certificates that are not checked', () => {
  const off = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };

  it.each([[[]], [['call', 'aiven_cmk_list']], [['doctor']]])('stop %j with a real token', async (argv) => {
    const message = await refusal(argv, { AIVEN_TOKEN: TOKEN, ...off });
    expect(message).toMatch(/^NODE_TLS_REJECT_UNAUTHORIZED is 0.*NODE_EXTRA_CA_CERTS/);
  });

  it('do not matter to the sandbox', async () => {
    expect(await refusal(['--sandbox'], off)).toBe('accepted');
    expect(await refusal(['--sandbox'], { ...off, NODE_TLS_REJECT_UNAUTHORIZED: '1' })).toBe('accepted');
  });
});
