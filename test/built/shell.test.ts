import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { auditLines, TOKEN } from '../fixtures/harness.ts';
import { runProgram as run, startProgram } from '../fixtures/processes.ts';
import { AWS, KEY } from '../fixtures/scripted-api.ts';
import { apiForSuite } from '../fixtures/suite.ts';

// What commands print is tested without a process, in test/unit/{call-command,doctor}.test.ts and test/unit/command-line.test.ts.
describe('call', () => {
  it('prints the result as JSON, exits with 0, and leaves a record', async () => {
    const { status, stdout, stderr } = await run(['call', 'aiven_cmk_list', '{"project":"sandbox"}', '--sandbox']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout).cmks).toHaveLength(4);
    expect(auditLines(stderr)).toMatchObject([{ tool: 'aiven_cmk_list', caller: 'shell', outcome: 'ok' }]);
  });

  it('exits with 1 for a deletion that takes a human where there is none, the error as JSON', async () => {
    const cmk_id = '44444444-4444-4444-8444-444444444444';
    const json = JSON.stringify({ project: 'sandbox', cmk_id, confirm_cmk_id: cmk_id });
    const { status, stdout } = await run(['call', 'aiven_cmk_delete', json, '--sandbox', '--approval', 'required']);
    expect([status, JSON.parse(stdout).error.code]).toStrictEqual([1, 'approval_unavailable']);
  });

  const api = apiForSuite();

  it('prints all of a long result, however slowly it is read', async () => {
    const cmks = Array.from({ length: 5_000 }, (_, index) => ({ ...KEY, index }));
    const { project } = api.scene(() => [200, { cmks }]);
    const child = startProgram(['call', 'aiven_cmk_list', JSON.stringify({ project })], {
      AIVEN_TOKEN: TOKEN,
      AIVEN_API_ORIGIN: api.origin,
    });
    child.stderr.resume();
    await once(child.stdout, 'readable');
    await new Promise((resolve) => setTimeout(resolve, 300)); // Time in which it must not give up.
    let text = '';
    for await (const chunk of child.stdout) text += chunk;
    expect(JSON.parse(text).cmks).toHaveLength(5_000);
  });
});

describe('sandbox', () => {
  it('serves the API to other clients, and prints what to export', async () => {
    const child = startProgram(['sandbox']);
    const variables: Record<string, string> = {};
    for await (const line of createInterface(child.stdout)) {
      const [, name = '', value = ''] = /^export (\w+)=(\S+)$/.exec(line) ?? [];
      variables[name] = value;
      if (name === 'AIVEN_AUTH_TOKEN') break;
    }
    const { AIVEN_API_ORIGIN: origin = '', AIVEN_TOKEN = '', AIVEN_WEB_URL, AIVEN_AUTH_TOKEN } = variables;
    expect([AIVEN_WEB_URL, AIVEN_AUTH_TOKEN]).toStrictEqual([origin, AIVEN_TOKEN]);
    const ask = (scheme: string, path: string, init: RequestInit = {}) =>
      fetch(`${origin}/v1/project/sandbox${path}`, { ...init, headers: { authorization: `${scheme} ${AIVEN_TOKEN}` } });
    for (const scheme of ['Bearer', 'aivenv1']) {
      expect(await (await ask(scheme, '/secrets/cmks?limit=999')).json()).toMatchObject({ cmks: { length: 4 } });
    }
    expect((await ask('Basic', '/secrets/cmks')).status).toBe(401);
    const body = JSON.stringify({ provider: 'aws', resource: AWS });
    expect((await ask('Bearer', '/secrets/cmks', { method: 'POST', body })).status).toBe(201);
    const called = await run(['call', 'aiven_cmk_list', '{"project":"sandbox"}'], {
      AIVEN_API_ORIGIN: origin,
      AIVEN_TOKEN,
    });
    expect(JSON.parse(called.stdout).cmks).toHaveLength(5);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toStrictEqual([0, null]);
  });
});
