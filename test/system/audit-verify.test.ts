import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { auditLines } from '../fixtures/harness.ts';
import { runProgram } from '../fixtures/processes.ts';
import { startRaw } from '../fixtures/raw.ts';

const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-audit-verify-'));
afterAll(() => rmSync(folder, { recursive: true }));
const KEY = 'q8Zr0vKx3TnW5yB7dF9gH1jL2mP4sUaC';
let files = 0;
const newFile = (text?: string) => {
  files += 1;
  const path = join(folder, `file-${files}`);
  if (text !== undefined) writeFileSync(path, text, { mode: 0o600 });
  return path;
};
const read = (file: string) => auditLines(readFileSync(file, 'utf8'));
const verify = (...args: string[]) => runProgram(['audit', 'verify', ...args]);

/** Starts a server of the sandbox that writes to a file. */
async function serve(file: string, env: Record<string, string> = {}) {
  const raw = startRaw(['--sandbox'], { AIVEN_CMK_AUDIT_FILE: file, ...env });
  await raw.ask('initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'raw', version: '1' },
  });
  const params = { name: 'aiven_cmk_list', arguments: { project: 'sandbox' } };
  return {
    ...raw,
    params,
    list: () => raw.ask('tools/call', params),
    async end() {
      raw.child.stdin.end();
      await once(raw.child, 'close');
    },
  };
}

describe('audit verify', () => {
  it('finds a log whole that two processes wrote, one of them killed, and that was rotated', async () => {
    const file = newFile();
    const [one, other] = await Promise.all([serve(file), serve(file)]);
    for (const { list } of [one, other, one, other]) await list();
    await Promise.all([one, other].flatMap(({ list }) => [list(), list()]));
    for (let id = 100; id < 200; id += 1) other.send({ id, method: 'tools/call', params: other.params });
    await expect.poll(() => read(file).length).toBeGreaterThan(8);
    await other.close(); // By SIGKILL, while it writes.
    appendFileSync(file, '{"time":"2026-01-01T0'); // As a crash of the machine leaves it.
    await one.list();
    renameSync(file, `${file}.1`);
    await one.list();
    await one.end();
    const third = await serve(file);
    await third.list();
    await third.end();
    expect(read(file)).toHaveLength(2);
    execFileSync('gzip', [`${file}.1`]);
    const both = [`${file}.1.gz`, file];
    const { status, stdout } = await verify(...both);
    expect(stdout).toMatch(
      /^note .*is incomplete.*\nend .*--expect 1:[\w-]{43}\nwhole: \d+ lines of 3 chains in 2 files/,
    );
    expect(status).toBe(0);
    const [, end = ''] = /--expect (\S+)/.exec(stdout) ?? [];
    expect((await verify(...both, '--expect', end)).status).toBe(0);
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, `${lines[0]}\n`);
    expect((await verify(...both)).status).toBe(0);
    const cut = await verify(...both, '--expect', end, '--json');
    expect(cut.status).toBe(1);
    expect(JSON.parse(cut.stdout)).toMatchObject({ whole: false, problems: [{ text: expect.stringContaining(end) }] });
    writeFileSync(file, lines.slice(1).join('\n'));
    const dropped = await verify(...both);
    expect([dropped.status, dropped.stdout]).toStrictEqual([1, expect.stringMatching(/^FAIL {2}.*:1 \(chain/)]);
  });

  it('checks the signatures that a server with a signing key writes over stdio', async () => {
    const [file, key, otherKey] = [newFile(), newFile(KEY), newFile([...KEY].reverse().join(''))];
    const { list, end } = await serve(file, { AIVEN_CMK_SIGNING_KEY_FILE: key });
    await list();
    await end();
    expect(readFileSync(file, 'utf8')).not.toContain(KEY);
    const { status, stdout } = await verify(file, '--key-file', key);
    expect([status, stdout]).toStrictEqual([0, expect.stringContaining('1 signed')]);
    expect((await verify(file, '--key-file', otherKey)).status).toBe(1);
    expect((await runProgram(['audit', 'verify', file], { AIVEN_CMK_SIGNING_KEY_FILE: otherKey })).status).toBe(1);
    expect((await verify(file)).stdout).toContain('no signature was checked');
  });

  it('exits with 2 when a file cannot be read, or is not compressed as its name says', async () => {
    const compressed = join(folder, 'x.gz');
    writeFileSync(compressed, 'x');
    for (const file of ['/no/such', folder, compressed]) {
      const { status, stdout, stderr } = await verify(file);
      expect([status, stdout, stderr]).toStrictEqual([2, '', expect.stringContaining(`${file} cannot be read`)]);
    }
    expect(await verify()).toMatchObject({ status: 2, stderr: expect.stringContaining('lacks a file') });
  });
});
