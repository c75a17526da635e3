import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand as run } from '../fixtures/command.ts';
import { TOKEN } from '../fixtures/outcome.ts';
import { looks, type ScriptedApi, startScriptedApi } from '../fixtures/scripted-api.ts';
import { apiForSuite } from '../fixtures/suite.ts';

describe('doctor', () => {
  const api = apiForSuite();
  let env: Record<string, string>;
  beforeAll(async () => {
    env = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin };
  });

  it.each<[string, number, Parameters<ScriptedApi['scene']>[0], RegExp]>([
    [
      'all is well',
      0,
      looks,
      /^ok {4}settings: .*\nok {4}API: .*\nok {4}clock: .*\nok {4}project scene-\d+: .*1 CMKs\n$/,
    ],
    [
      'the token is bad',
      1,
      () => [401, { message: 'Missing (expired) db token' }],
      /FAIL {2}project .*expired.*new Aiven token/,
    ],
    ['the role is not enough', 1, () => [403, { message: 'no' }], /FAIL {2}project .*operator role/],
    [
      'the project is not visible',
      1,
      () => [404, { message: 'Project does not exist' }],
      /FAIL {2}project .*does not exist/,
    ],
  ])('tells when %s', async (_case, code, script, lines) => {
    const { project } = api.scene(script);
    const { status, stdout } = await run(['doctor', '--project', project], env);
    expect(status).toBe(code);
    expect(stdout).toMatch(lines);
    expect(stdout).not.toContain(TOKEN);
  });

  it('works beside a server, in the environment of one that serves HTTP', async () => {
    const { project } = api.scene(looks);
    const http = { AIVEN_CMK_HTTP: '8080', AIVEN_CMK_OIDC_ISSUER: 'https://a.example', AIVEN_CMK_OIDC_AUDIENCE: 'a' };
    expect((await run(['doctor', '--project', project], { ...env, ...http })).status).toBe(0);
  });

  it('tells when the API is out of reach, and skips what takes it', async () => {
    const gone = await startScriptedApi();
    await gone.close();
    const { status, stdout } = await run(['doctor', '--project', 'p'], { ...env, AIVEN_API_ORIGIN: gone.origin });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^ok .*\nFAIL {2}API: .*AIVEN_CMK_API_ORIGIN\nSKIP {2}clock: .*\nSKIP {2}project p: .*\n$/);
  });

  it('tells when settings are not understood', async () => {
    const { status, stdout } = await run(['doctor'], { ...env, AIVEN_READ_ONLY: 'ture' });
    expect([status, stdout]).toStrictEqual([1, expect.stringMatching(/^FAIL {2}settings: AIVEN_READ_ONLY .*\n$/)]);
  });

  it('looks at all that takes no token when there is none', async () => {
    const { AIVEN_API_ORIGIN = '' } = env;
    const { project, seen } = api.scene(looks);
    const { status, stdout } = await run(['doctor', '--project', project], { AIVEN_API_ORIGIN });
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^ok {4}settings: .*\nok {4}API: .*\nok {4}clock: .*\nFAIL {2}token: AIVEN_TOKEN is not set.*\nSKIP {2}project .*\n$/,
    );
    expect(seen).toHaveLength(0);
  });

  it('says of what it did not look at that it did not, and ends well', async () => {
    const { status, stdout } = await run(['doctor'], env);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ok {4}settings: .*\nok {4}API: .*\nok {4}clock: .*\nSKIP {2}token, .*--project NAME.*\n$/);
  });

  it.each(['AIVEN_TOKEN', 'AIVEN_TOKEN_FILE'])('prints no token of %s that stands elsewhere, too', async (variable) => {
    const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-doctor-'));
    const given = variable === 'AIVEN_TOKEN' ? TOKEN : join(folder, 'token');
    writeFileSync(join(folder, 'token'), TOKEN);
    const { AIVEN_API_ORIGIN = '' } = env;
    for (const place of ['AIVEN_PROJECT', 'AIVEN_API_ORIGIN', 'AIVEN_CMK_TOOLSETS']) {
      const placed = { AIVEN_API_ORIGIN, [variable]: given, [place]: TOKEN };
      const { status, stdout, stderr } = await run(['doctor'], placed);
      expect([status, stdout]).toStrictEqual([
        1,
        expect.stringMatching(`^FAIL  settings: ${place} holds the Aiven token`),
      ]);
      expect(stdout + stderr).not.toContain(TOKEN);
    }
    rmSync(folder, { recursive: true });
  });

  it('reports a token file that others can read, as a server does, and uses it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-doctor-'));
    const file = join(folder, 'token');
    writeFileSync(file, TOKEN);
    chmodSync(file, 0o644);
    const { AIVEN_API_ORIGIN = '' } = env;
    const { project } = api.scene(looks);
    const open = { AIVEN_API_ORIGIN, AIVEN_TOKEN_FILE: file, AIVEN_PROJECT: project };
    const { status, stdout } = await run(['doctor'], open);
    expect([status, stdout]).toStrictEqual([0, expect.stringMatching(/\nWARN {2}settings: AIVEN_TOKEN_FILE .*0644/)]);
    const called = await run(['call', 'aiven_cmk_list'], open);
    expect([called.status, called.stderr]).toStrictEqual([
      0,
      expect.stringMatching(/^aiven-cmk-mcp: AIVEN_TOKEN_FILE .*0644/),
    ]);
    rmSync(folder, { recursive: true });
  });
});
