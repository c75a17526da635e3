import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AuditFile } from '../../src/telemetry/audit-file.ts';
import { auditLine, verifyLogs } from '../fixtures/audit-log.ts';
import { auditLines } from '../fixtures/harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-audit-chain-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = () => {
  files += 1;
  return join(folder, `audit-${files}.jsonl`);
};
const read = (path: string) => auditLines(readFileSync(path, 'utf8'));
const notes = (...paths: string[]) => {
  const { whole, problems, notes } = verifyLogs(paths);
  expect({ whole, problems }).toStrictEqual({ whole: true, problems: [] });
  return notes.map(({ file, line, text }) => `${file}:${line} ${text}`);
};

/** Appends lines one by one, each on disk before the next. */
async function append(path: string, ...names: string[]): Promise<AuditFile> {
  const file = new AuditFile(path);
  for (const name of names) await file.append(auditLine(name), true);
  return file;
}

describe('a line of the audit file', () => {
  it('has its place in the chain of its process, and the hash of the line before it', async () => {
    const path = newFile();
    const file = await append(path, '1', '2');
    await Promise.all(['3', '4'].map((name) => file.append(auditLine(name), false)));
    const lines = read(path);
    const [first] = lines;
    expect(first).toMatchObject({ chain: expect.stringMatching(/^[0-9a-f]{16}$/), seq: 1, after: [] });
    expect(lines.map(({ chain, seq, prev }) => ({ chain, seq, prev }))).toStrictEqual(
      [undefined, ...lines].slice(0, 4).map((before, at) => ({ chain: first?.chain, seq: at + 1, prev: before?.hash })),
    );
    expect(notes(path)).toStrictEqual([]);
  });

  it('names the last line of another process, once', async () => {
    const path = newFile();
    const one = await append(path, '1', '2');
    const other = await append(path, '3', '4');
    await one.append(auditLine('5'), true);
    await other.append(auditLine('6'), true);
    await other.append(auditLine('7'), true);
    const [, two, , four, five, ...rest] = read(path);
    expect(read(path).map(({ after }) => after)).toStrictEqual([
      [],
      undefined,
      [two?.hash],
      undefined,
      [four?.hash],
      [five?.hash],
      undefined,
    ]);
    expect(rest.map(({ seq }) => seq)).toStrictEqual([3, 4]);
    expect(notes(path)).toStrictEqual([]);
  });

  it('names all lines of processes that wrote at the same time', async () => {
    const path = newFile();
    const writers = Array.from({ length: 6 }, () => new AuditFile(path));
    for (const round of ['1', '2', '3']) {
      await Promise.all(writers.map((file) => file.append(auditLine(round), true)));
    }
    await append(path, 'last');
    const { whole, chains, lines, ends } = verifyLogs([path]);
    expect({ whole, chains, lines, ends: ends.length }).toStrictEqual({ whole: true, chains: 7, lines: 19, ends: 1 });
  });

  it('goes on with its chain in a new file after a rotation, and in the same after copytruncate', async () => {
    const [path, older, oldest] = [newFile(), newFile(), newFile()];
    const file = await append(path, '1', '2');
    renameSync(path, oldest);
    await file.append(auditLine('3'), true);
    writeFileSync(older, readFileSync(path));
    truncateSync(path);
    await file.append(auditLine('4'), true);
    expect([oldest, older, path].map((each) => read(each).map(({ seq }) => seq))).toStrictEqual([[1, 2], [3], [4]]);
    expect(notes(oldest, older, path)).toStrictEqual([]);
  });

  it('names the incomplete line before it', async () => {
    const path = newFile();
    await append(path, '1');
    appendFileSync(path, '{"event":"ca');
    await append(path, '2');
    expect(notes(path)).toStrictEqual([expect.stringMatching(/^log 1:2 is incomplete: a crash/)]);
    const whole = readFileSync(path, 'utf8');
    expect(verifyLogs([Buffer.from(whole.replace('"ca\n', '"cb\n'))]).problems).toMatchObject(
      [
        { line: 2, text: expect.stringContaining('has no link') },
        { line: 3, text: expect.stringContaining('names an incomplete line') },
      ].reverse(),
    );
    writeFileSync(path, whole.slice(0, -1)); // A whole line, but for its line break.
    expect(notes(path)).toContainEqual(expect.stringMatching(/^log 1:3 lacks its line break/));
    await append(path, '3');
    expect(notes(path)).toHaveLength(1);
  });

  it('names the last line of a file of an older version', async () => {
    const path = newFile();
    writeFileSync(path, auditLine('old 1') + auditLine('old 2'));
    await append(path, '1', '2');
    expect(notes(path)).toStrictEqual(['log 1:1 2 lines from before the chain, of which only the last is covered']);
    const changed = readFileSync(path, 'utf8').replace('old 2', 'old 3');
    expect(verifyLogs([Buffer.from(changed)]).problems[0]?.text).toContain(
      'lines from before the chain, which were changed',
    );
  });

  it('begins a chain after a write that failed, of which it is not known what is in the file', async () => {
    const path = newFile();
    let fails = false;
    const file = new AuditFile(path, {
      open: async (name) => {
        const handle = await open(name, 'a+');
        const sync = handle.datasync.bind(handle);
        handle.datasync = () => (fails ? Promise.reject(new Error('ENOSPC')) : sync());
        return handle;
      },
    });
    await file.append(auditLine('1'), true);
    fails = true;
    await expect(file.append(auditLine('2'), true)).rejects.toThrow('ENOSPC');
    fails = false;
    await file.append(auditLine('3'), true);
    const lines = read(path);
    expect(lines.map(({ seq }) => seq)).toStrictEqual([1, 2, 1]);
    expect(lines[2]?.after).toStrictEqual([lines[1]?.hash]);
    expect(notes(path)).toStrictEqual([]);
  });

  it('says that it could not read a file in which this user may only write', async () => {
    const path = newFile();
    for (const name of ['1', '2']) {
      await new AuditFile(path, { open: (each) => open(each, 'a') }).append(auditLine(name), true);
    }
    expect(read(path).map(({ after }) => after)).toStrictEqual([[], null]);
    expect(notes(path)).toContainEqual(
      expect.stringContaining('log 1:3 begins a chain in a file that its process could not read'),
    );
  });
});
