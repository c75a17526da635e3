import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WRITES } from '../fixtures/calls.ts';
import { auditLines, CLIENTS, TOKEN } from '../fixtures/harness.ts';
import { startProgram } from '../fixtures/processes.ts';
import { startRaw } from '../fixtures/raw.ts';
import { AWS, CMKS, ID, looks, type ScriptedApi, startScriptedApi } from '../fixtures/scripted-api.ts';
import { apiForSuite } from '../fixtures/suite.ts';

const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-audit-'));
let files = 0;
const newFile = () => {
  files += 1;
  return join(folder, `audit-${files}.jsonl`);
};
/** Returns the lines of a file without what links them. */
const read = (file: string) =>
  auditLines(readFileSync(file, 'utf8')).map(({ chain, seq, prev, after, hash, ...line }) => line);

describe.each(CLIENTS)('the audit record, through $title', ({ title, open }) => {
  const api = apiForSuite();
  const env = (file?: string) => ({
    AIVEN_TOKEN: TOKEN,
    AIVEN_API_ORIGIN: api.origin,
    ...(file && { AIVEN_CMK_AUDIT_FILE: file }),
  });

  it('is one line per call, in the file as on standard error, and readable by the owner only', async () => {
    const file = newFile();
    const client = await open({ env: env(file) });
    const { project } = api.scene(looks);
    await client.call('aiven_cmk_get', { project, cmk_id: ID });
    const { error } = await client.call('aiven_cmk_get', { project, cmk_id: 'x', token: 'hunter2', name: TOKEN });
    await client.close();
    const lines = read(file);
    expect(lines).toStrictEqual(client.audit());
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(lines).toStrictEqual([
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        event: 'call',
        call_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        tool: 'aiven_cmk_get',
        caller: 'test/1',
        client_supports_elicitation: false,
        project,
        cmk_id: ID,
        arguments: { project, cmk_id: ID },
        outcome: 'ok',
        http_status: 200,
        api_requests: 1,
        ms: expect.any(Number),
      },
      expect.objectContaining({
        call_id: error?.call_id,
        outcome: 'invalid_arguments',
        api_requests: 0,
        arguments: { project, cmk_id: 'x', unknown_arguments: ['token', 'name'] },
      }),
    ]);
    expect(readFileSync(file, 'utf8')).not.toMatch(/hunter2|test-token/);
  });

  it.each(WRITES)('holds a line for %s before it is sent', async (tool, args) => {
    const file = newFile();
    const client = await open({ env: env(file) });
    let before: unknown;
    const { project } = api.scene((seen) => {
      if (seen.method !== 'GET') before = read(file).at(-1);
      return looks(seen);
    });
    await client.call(tool, { project, ...args });
    await client.close();
    const [intent, end] = read(file);
    expect(before).toStrictEqual(intent);
    expect(intent).toMatchObject({
      event: 'intent',
      tool,
      project,
      request: expect.stringContaining(`/${project}${CMKS}`),
    });
    expect(end).toMatchObject({ event: 'call', call_id: intent?.call_id, outcome: 'ok' });
  });

  it.each(WRITES)('is the condition for %s: when it cannot be written, nothing is sent', async (tool, args) => {
    const file = newFile();
    const client = await open({ env: env(file) });
    const { project, seen, writes } = api.scene(looks);
    rmSync(file);
    renameSync(folder, `${folder}-away`);
    try {
      const { error } = await client.call(tool, { project, ...args });
      expect(error).toMatchObject({ code: 'audit_failed', hint: expect.stringContaining('Nothing was sent') });
      expect(writes()).toHaveLength(0);
      expect((await client.call('aiven_cmk_list', { project })).isError).toBe(false);
      expect(seen.length).toBeGreaterThan(0);
    } finally {
      renameSync(`${folder}-away`, folder);
    }
    await client.close();
  });

  it('names the human’s approval, and counts the requests of all rounds', async () => {
    const human = () => ({ action: 'accept' as const, content: { cmk_id: ID } });
    const client = await open({ env: env(), human });
    const { project } = api.scene(looks);
    await client.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID });
    await client.close();
    const lines = client.audit();
    const asked = { event: 'call', outcome: 'approval_requested', client_supports_elicitation: true, api_requests: 2 };
    const done = { event: 'call', outcome: 'ok', approval: 'form', approved_by: 'human' };
    const wanted = title.includes('2026')
      ? [asked, { event: 'intent', approval: 'form', approved_by: 'human' }, { ...done, api_requests: 3 }]
      : [
          { event: 'intent', approval: 'form', approved_by: 'human' },
          { ...done, api_requests: 5 },
        ];
    expect(lines).toMatchObject(wanted);
  });
});

describe('the audit record of a process that ends badly', () => {
  let api: ScriptedApi;
  beforeAll(async () => {
    api = await startScriptedApi();
  });
  afterAll(async () => {
    await api.close();
    rmSync(folder, { recursive: true });
  });
  const initialize = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } };

  it('keeps the line of a deletion in the middle of which it is killed', async () => {
    const file = newFile();
    const raw = startRaw([], { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin, AIVEN_CMK_AUDIT_FILE: file });
    const exited = once(raw.child, 'exit');
    const { project } = api.scene((seen) => {
      if (seen.method !== 'DELETE') return looks(seen);
      raw.child.kill('SIGKILL');
      return undefined;
    });
    await raw.ask('initialize', initialize);
    const args = { project, cmk_id: ID, confirm_cmk_id: ID };
    raw.send({ id: 2, method: 'tools/call', params: { name: 'aiven_cmk_delete', arguments: args } });
    await exited;
    expect(read(file)).toMatchObject([{ event: 'intent', tool: 'aiven_cmk_delete', cmk_id: ID, arguments: args }]);
  });

  it('has a line on standard error for each call that was answered before it is killed', async () => {
    const raw = startRaw([], { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin });
    const { project } = api.scene(looks);
    const shown: string[] = [];
    raw.child.stderr.setEncoding('utf8').on('data', (text: string) => shown.push(text));
    await raw.ask('initialize', initialize);
    const closed = once(raw.child, 'close'); // When all that it wrote was read.
    const answered: string[] = [];
    const ids = Array.from({ length: 100 }, (_, index) => `12345678-1234-1234-1234-${String(index).padStart(12, '0')}`);
    for (const cmk_id of ids) {
      void raw.ask('tools/call', { name: 'aiven_cmk_get', arguments: { project, cmk_id } }).then(() => {
        answered.push(cmk_id);
        if (answered.length === 10) raw.child.kill('SIGKILL');
      });
    }
    await closed;
    const recorded = auditLines(shown.join('')).map((line) => line.cmk_id);
    expect(answered.length).toBeGreaterThanOrEqual(10);
    expect(recorded).toEqual(expect.arrayContaining(answered));
  });

  it('refuses writes and serves reads when standard error is closed and there is no file', async () => {
    const env = { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin };
    const raw = startRaw([], env);
    await raw.ask('initialize', initialize);
    raw.child.stderr.destroy();
    const { project, writes } = api.scene(looks);
    const call = async (name: string, args: object) => {
      const { result } = await raw.ask('tools/call', { name, arguments: { project, ...args } });
      return result?.structuredContent;
    };
    expect(await call('aiven_cmk_list', {})).toHaveProperty('cmks');
    expect(await call('aiven_cmk_create', { provider: 'aws', resource: AWS })).toMatchObject({
      error: { code: 'audit_failed' },
    });
    expect(await call('aiven_cmk_list', {})).toHaveProperty('cmks');
    expect(writes()).toHaveLength(0);
    raw.child.kill('SIGKILL');
  });

  it('serves on and ends in time when nobody reads its standard error', async () => {
    const child = startProgram(['--sandbox']);
    let answers = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      answers += chunk.toString().split('\n').length - 1;
    });
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params: initialize })}\n`);
    for (let id = 1; id <= 1_000; id += 1) {
      const params = { name: 'aiven_cmk_get', arguments: { project: 'x'.repeat(100), cmk_id: 'y'.repeat(600) } };
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params })}\n`);
    }
    await expect.poll(() => answers).toBe(1_001);
    child.stdin.end();
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });
});
