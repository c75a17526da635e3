import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PROGRAM, TOKEN } from '../fixtures/harness.ts';
import { HTTP_CLIENTS, spawnHttp } from '../fixtures/http-harness.ts';
import { policyFile, rulesText } from '../fixtures/policies.ts';
import { runProgram } from '../fixtures/processes.ts';

describe('policy check', () => {
  const policy = policyFile(
    rulesText({ name: 'reads', effect: 'allow', callers: [{ subject: 'ada' }], tools: ['read'] }),
  );
  afterAll(() => policy.remove());
  const request = ['--as', 'subject:ada', '--project', 'p', '--tool'];

  it.concurrent.each<[string, readonly string[], number, RegExp]>([
    ['a valid file', [policy.file], 0, /^valid: 1 rule, SHA-256 [\w-]{43}$/m],
    [
      'what is allowed',
      [policy.file, ...request, 'aiven_cmk_list'],
      0,
      /^allowed: Rule "reads" allows .*\nrules that match: reads \(allow\)$/m,
    ],
    [
      'what is denied',
      [policy.file, ...request, 'aiven_cmk_delete'],
      1,
      /^denied: No rule allows .*\nrules that match: none$/m,
    ],
    ['a file that is not there', [`${policy.file}.old`], 2, /cannot be used \(ENOENT\)/],
    ['what is no policy', ['package.json'], 2, /policy check "package\.json": line 3: version: it takes 1/],
  ])('of %s', async (_what, args, code, output) => {
    const { status, stdout, stderr } = await runProgram(['policy', 'check', ...args], {});
    expect([status, `${stdout}${stderr}`]).toStrictEqual([code, expect.stringMatching(output)]);
    expect(code === 2 ? stdout : stderr).toBe('');
  });
});

describe('a program with a policy', () => {
  it('does not start when the file is misunderstood', async () => {
    const policy = policyFile('version: 1\nrules: all');
    const { status, stderr } = await runProgram(['--sandbox'], policy.env);
    expect([status, stderr]).toStrictEqual([
      2,
      expect.stringMatching(/AIVEN_CMK_POLICY_FILE .*: line 2: rules: it takes a list/),
    ]);
    policy.remove();
  });

  it('takes whoever calls from a shell as anonymous', async () => {
    const policy = policyFile(rulesText({ effect: 'allow', callers: [{ anonymous: true }], projects: ['web'] }));
    const { status, stdout } = await runProgram(
      ['call', 'aiven_cmk_list', '{"project":"sandbox"}', '--sandbox'],
      policy.env,
    );
    expect([status, JSON.parse(stdout)]).toMatchObject([1, { error: { code: 'policy_denied' } }]);
    policy.remove();
  });

  it('reads it again on SIGHUP, keeps it when the file is broken, and says what it cannot do', async () => {
    const policy = policyFile(rulesText({ effect: 'allow', tools: ['delete'], approval: 'other' }));
    const server = await spawnHttp(['--sandbox'], policy.env);
    expect(server.stderr()).toMatch(/approvals that only the approval page can give/);
    const [sdk] = HTTP_CLIENTS;
    const names = async () => {
      const client = await sdk?.connect(server.origin, { token: TOKEN });
      const tools = await client?.tools();
      await client?.close();
      return tools?.map(({ name }) => name);
    };
    expect(await names()).toStrictEqual(['aiven_cmk_delete']);
    policy.write(rulesText({ effect: 'allow', tools: ['aiven_cmk_list'] }));
    server.child.kill('SIGHUP');
    await server.line('read AIVEN_CMK_POLICY_FILE again: SHA-256');
    expect(await names()).toStrictEqual(['aiven_cmk_list']);
    policy.write('version: 1\nrules: []\nrules: []');
    server.child.kill('SIGHUP');
    expect(await server.line('kept the policy')).toContain('line 3: Map keys must be unique');
    expect(await names()).toStrictEqual(['aiven_cmk_list']);
    expect(await server.stop()).toBe(0);
    policy.remove();
  });

  it('is what alone loads the parser: a start reaches it by no static import', () => {
    const dist = dirname(PROGRAM);
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      const code = readFileSync(join(dist, file), 'utf8');
      for (const [, next = ''] of code.matchAll(/(?:from|import)"\.\/([^"]+)"/g)) visit(next);
    };
    for (const file of readdirSync(dist).filter((name) => /^(?:cli|main-.*|start-.*)\.js$/.test(name))) visit(file);
    const holders = readdirSync(dist).filter(
      (name) => name.endsWith('.js.map') && readFileSync(join(dist, name), 'utf8').includes('node_modules/yaml/'),
    );
    expect(holders).toHaveLength(1);
    expect([...reached].filter((file) => holders.includes(`${file}.map`))).toStrictEqual([]);
    expect(reached.size).toBeGreaterThan(2);
  });
});
