import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AuditFile } from '../../src/telemetry/audit-file.ts';
import { chainLine, readLine } from '../../src/telemetry/audit-line.ts';
import { auditLine, joined, piecesOf, problemsOf as problems, verifyLogs, writeLog } from '../fixtures/audit-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-audit-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
const KEYS = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)] as const;
const write = (name: string, processes: readonly number[], key?: Uint8Array) =>
  writeLog(join(folder, name), processes, { key });

/** Returns the log as somebody without the key writes it anew: with right hashes and links. */
function forged(log: Buffer, change: (json: string) => string): Buffer {
  const hashes = new Map<string, string>();
  const renamed = (hash: string) => hashes.get(hash) ?? hash;
  const lines = piecesOf(log).flatMap((piece) => {
    const line = readLine(piece);
    if (!line) return [];
    const { chain, seq, prev, after, hash } = line;
    const json = change(
      Buffer.from(line.body)
        .toString()
        .replace(/,"chain".*$/, '}'),
    );
    const link = { chain, seq, prev: prev && renamed(prev), after: after?.map(renamed) };
    const made = chainLine(json, link);
    hashes.set(hash, made.hash);
    return [made.line];
  });
  return Buffer.from(`${lines.join('\n')}\n`);
}

describe('the verification of rotated files', () => {
  it('goes on over files in their order, and needs the first one unless told that it is missing', async () => {
    const [path, older] = [join(folder, 'rotated'), join(folder, 'rotated.1')];
    const files = [new AuditFile(path), new AuditFile(path)];
    for (const name of ['1', '2']) for (const file of files) await file.append(auditLine(name), true);
    renameSync(path, older);
    for (const name of ['3', '4']) for (const file of files) await file.append(auditLine(name), true);
    const [before, after] = [readFileSync(older), readFileSync(path)];
    expect(problems([before, after])).toStrictEqual([]);
    expect(problems([after, before])).not.toStrictEqual([]);
    expect(problems([after])).toContain('log 1:1 comes without lines 1 to 2 of its chain');
    expect(problems([after], { isPartial: true })).toStrictEqual([]);
    const pieces = piecesOf(after);
    expect(problems([joined(pieces.toSpliced(1, 1))], { isPartial: true })).not.toStrictEqual([]);
  });

  it('takes a chain from an earlier file only where its process came back to the file', async () => {
    const pieces = piecesOf(await write('cut', [0, 1, 1, 1]));
    expect(problems([joined(pieces.toSpliced(1, 2))], { isPartial: true })).toStrictEqual([
      'log 1:2 comes without lines 1 to 2 of its chain',
    ]);
  });

  it('says where nothing goes on, because no process lived while the file was rotated', async () => {
    const [one, two] = [await write('one', [0, 0]), await write('two', [0])];
    const { whole, notes } = verifyLogs([one, two]);
    expect({ whole, notes }).toMatchObject({
      whole: true,
      notes: [{ file: 'log 1', line: 2, text: expect.stringContaining('cut off after it cannot be known') }],
    });
  });
});

describe('the verification of a signed log', () => {
  const [key, otherKey] = KEYS;
  const options = { keys: [key] };

  it('finds a line that somebody without the key wrote, though all hashes are right', async () => {
    const log = await write('signed', [0, 1, 0], key);
    expect(verifyLogs([log], options)).toMatchObject({ whole: true, signed: 3, notes: [] });
    const change = (json: string) => json.replace('"name":"1"', '"name":"9"');
    const made = forged(log, change);
    expect(made.toString()).toContain('"name":"9"');
    expect(verifyLogs([made])).toMatchObject({ whole: true, signed: 0 });
    expect(problems([made], options)).toStrictEqual(['log 1:1 is not signed, nor is any other']);
    const [first = log, second = log, third = log] = piecesOf(log);
    const [, , last = log] = piecesOf(forged(log, (json) => json.replace('"name":"2"', '"name":"9"')));
    const stolen = Buffer.from(String(last).replace(/\}$/, `,"mac":"${readLine(third)?.mac}"}`));
    expect(problems([joined([first, second, stolen, Buffer.alloc(0)])], options)).toStrictEqual([
      'log 1:3 was signed with another key, or forged',
    ]);
    expect(problems([joined([first, second, last, Buffer.alloc(0)])], options)).toStrictEqual([
      'log 1:3 is not signed, though lines before it are',
    ]);
  });

  it('takes each of several keys, and no other', async () => {
    const log = await write('keys', [0, 1], otherKey);
    expect(problems([log], { keys: KEYS })).toStrictEqual([]);
    expect(problems([log], options)).toHaveLength(2);
    expect(verifyLogs([log]).notes).toMatchObject([{ text: expect.stringContaining('without --key-file') }]);
  });

  it('takes lines from before there was a key, if the first signed line covers them', async () => {
    const unsigned = await write('later', [0, 0]);
    const log = await write('later', [0, 0], key);
    expect(verifyLogs([log], options)).toMatchObject({ whole: true, signed: 2, notes: [{ line: 1 }] });
    expect(problems([unsigned, await write('separate', [0], key)], options)).toStrictEqual([
      'log 1:1 2 lines without a signature, which no signed line covers',
    ]);
  });
});
