import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { auditLines, CLIENTS, TOKEN } from '../fixtures/harness.ts';
import { startRaw } from '../fixtures/raw.ts';
import { ID, looks } from '../fixtures/scripted-api.ts';
import { apiForSuite } from '../fixtures/suite.ts';

const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-audit-file-'));
let files = 0;
const newFile = () => {
  files += 1;
  return join(folder, `audit-${files}.jsonl`);
};
const read = (file: string) => auditLines(readFileSync(file, 'utf8'));

describe.each(CLIENTS)('the audit file, through $title', ({ open }) => {
  const api = apiForSuite();
  const env = (file: string) => ({ AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin, AIVEN_CMK_AUDIT_FILE: file });
  const update = { cmk_id: ID, default_cmk: true };

  it('begins a new line after one that a crash tore, whenever that was', async () => {
    const file = newFile();
    writeFileSync(file, '{"event":"call","call_i');
    const client = await open({ env: env(file) });
    const { project } = api.scene(looks);
    await client.call('aiven_cmk_list', { project });
    appendFileSync(file, '{"event":"inte');
    await client.call('aiven_cmk_update', { project, ...update });
    await client.close();
    const lines = readFileSync(file, 'utf8').split('\n');
    expect([lines.length, lines[0], lines[2], lines[5]]).toStrictEqual([
      6,
      '{"event":"call","call_i',
      '{"event":"inte',
      '',
    ]);
    expect([1, 3, 4].map((at) => JSON.parse(lines[at] ?? '').event)).toStrictEqual(['call', 'intent', 'call']);
  });

  it('is the condition for a write also when it has become a pipe that nobody reads', async () => {
    const file = newFile();
    const client = await open({ env: env(file) });
    const { project, writes } = api.scene(looks);
    rmSync(file);
    execFileSync('mkfifo', [file]);
    const { error } = await client.call('aiven_cmk_update', { project, ...update });
    expect([error?.code, writes()]).toStrictEqual(['audit_failed', []]);
    expect((await client.call('aiven_cmk_list', { project })).isError).toBe(false);
    await client.close();
  });

  it('is written to anew after it was rotated', async () => {
    const file = newFile();
    const client = await open({ env: env(file) });
    const { project } = api.scene(looks);
    await client.call('aiven_cmk_update', { project, ...update });
    renameSync(file, `${file}.1`);
    await client.call('aiven_cmk_update', { project, ...update });
    await client.close();
    for (const each of [`${file}.1`, file]) expect(read(each)).toMatchObject([{ event: 'intent' }, { event: 'call' }]);
  });
});

describe('the audit file of a process that ends', () => {
  afterAll(() => rmSync(folder, { recursive: true }));
  const initialize = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } };

  it('holds the lines of all calls that were made', async () => {
    const file = newFile();
    const raw = startRaw(['--sandbox'], { AIVEN_CMK_AUDIT_FILE: file });
    await raw.ask('initialize', initialize);
    const ids = Array.from({ length: 100 }, (_, at) => at + 2);
    const params = { name: 'aiven_cmk_list', arguments: { project: 'sandbox' } };
    for (const id of ids) raw.send({ id, method: 'tools/call', params });
    raw.child.stdin.end();
    await once(raw.child, 'close');
    expect(existsSync(file)).toBe(true);
    expect(read(file).filter(({ event }) => event === 'call')).toHaveLength(100);
  });
});
