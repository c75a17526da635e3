import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chainLine, readLine } from '../../src/telemetry/audit-line.ts';
import { auditLine, joined, piecesOf, problemsOf as problems, verifyLogs, writeLog } from '../fixtures/audit-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-audit-verifier-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the verification of a log', () => {
  let log: Buffer;
  let pieces: Buffer[];
  beforeAll(async () => {
    log = await writeLog(join(folder, 'log'), [0, 0, 1, 1, 0, 2, 2, 0]);
    pieces = piecesOf(log).slice(0, -1);
  });
  const of = (lines: readonly Buffer[]) => joined([...lines, Buffer.alloc(0)]);

  it('finds nothing in one that is whole, and says where it ends', () => {
    const { whole, lines, chains, signed, notes, ends } = verifyLogs([log]);
    expect({ whole, lines, chains, signed, notes }).toStrictEqual({
      whole: true,
      lines: 8,
      chains: 3,
      signed: 0,
      notes: [],
    });
    expect(ends).toMatchObject([{ line: 8, seq: 4 }]);
  });

  it('finds a change of any byte', () => {
    const byte = fc.tuple(fc.nat({ max: log.length - 2 }), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(byte, ([at, by]) => {
        const changed = Buffer.from(log);
        changed[at] = (changed[at] ?? 0) ^ by;
        return problems([changed]).length > 0;
      }),
      { numRuns: 300 },
    );
  });

  it('finds lines that were taken out, wherever they are but at the end', () => {
    for (let from = 0; from < pieces.length - 1; from += 1) {
      for (let to = from + 1; to < pieces.length; to += 1) {
        expect(problems([of(pieces.toSpliced(from, to - from))]), `${from} to ${to}`).not.toStrictEqual([]);
      }
    }
  });

  it('finds lines that were swapped, repeated or put elsewhere', () => {
    for (const [at, piece] of pieces.entries()) {
      for (const [other, with_] of pieces.entries()) {
        if (other > at)
          expect(problems([of(pieces.with(at, with_).with(other, piece))]), `${at} ${other}`).not.toEqual([]);
        if (other !== at) expect(problems([of(pieces.toSpliced(at, 1).toSpliced(other, 0, piece))])).not.toEqual([]);
        expect(problems([of(pieces.toSpliced(other, 0, piece))])).not.toEqual([]);
      }
    }
  });

  it('finds a chain that was taken out as a whole', () => {
    const chains = pieces.map((piece) => readLine(piece)?.chain);
    for (const chain of new Set(chains)) {
      expect(problems([of(pieces.filter((_, at) => chains[at] !== chain))])).toContainEqual(
        expect.stringContaining('which is not before it'),
      );
    }
  });

  it('finds lines that were put in', async () => {
    const other = await writeLog(join(folder, 'other'), [0, 0], { start: 0 });
    for (const inserted of [
      Buffer.alloc(0),
      Buffer.from('{}'),
      Buffer.from('{"event":"ca'),
      ...piecesOf(other).slice(0, 1),
    ]) {
      for (let at = 1; at <= pieces.length; at += 1) {
        expect(problems([of(pieces.toSpliced(at, 0, inserted))]), `${inserted} at ${at}`).not.toStrictEqual([]);
      }
    }
    expect(problems([Buffer.concat([other, log])])).toStrictEqual([
      'log 1:3 began a file, and does not any more: it was moved, or lines were inserted before it',
    ]);
  });

  it('says what is wrong, and where', () => {
    const text = (lines: readonly Buffer[]) => problems([of(lines)]);
    const changed = Buffer.from(String(pieces[1]).replace('"name":"1"', '"name":"9"'));
    expect(text(pieces.with(1, changed))).toStrictEqual(['log 1:2 was changed']);
    expect(text(pieces.toSpliced(6, 1))).toStrictEqual([
      expect.stringMatching(/^log 1:7 names a line [\w-]{43}, which is not before it$/),
    ]);
    expect(text(pieces.toSpliced(0, 1))[0]).toBe('log 1:1 comes without line 1 of its chain');
    expect(text(pieces.with(1, Buffer.from('x')))).toStrictEqual([
      'log 1:2 has no link: it was changed or inserted, or an older version wrote it',
      expect.stringContaining('log 1:3 names a line'),
      'log 1:5 comes without line 2 of its chain',
    ]);
  });

  it('finds a line that was replaced by one with a right hash', () => {
    const line = readLine(pieces[0] ?? log);
    const { line: made } = chainLine('{"event":"other"}', { chain: line?.chain ?? '', seq: 1, after: [] });
    expect(problems([of(pieces.with(0, Buffer.from(made)))])).toStrictEqual([
      'log 1:2 follows another line than the one before it',
    ]);
    expect(problems([of(pieces.toSpliced(2, 0, pieces[1] ?? log))])).toStrictEqual([
      'log 1:3 is repeated or out of order',
    ]);
  });

  it('finds a cut-off end by what an earlier verification printed', () => {
    const [end] = verifyLogs([of(pieces.slice(0, 6))]).ends;
    const expected = end ? [end] : [];
    expect(problems([log], { expected })).toStrictEqual([]);
    expect(problems([of(pieces.slice(0, 5))])).toStrictEqual([]);
    expect(problems([of(pieces.slice(0, 5))], { expected })).toStrictEqual([
      `log 1:5 the log does not hold ${end?.seq}:${end?.hash} any more`,
    ]);
    expect(problems([of([])], { expected })).toHaveLength(1);
  });

  it('calls an incomplete last line what it may be', () => {
    const { whole, notes } = verifyLogs([log.subarray(0, -20)]);
    expect({ whole, notes }).toMatchObject({
      whole: true,
      notes: [{ line: 8, text: expect.stringContaining('incomplete') }],
    });
  });

  it('refuses lines that no chain covers: a whole file of an older version', () => {
    expect(problems([Buffer.from(auditLine('1') + auditLine('2'))])).toStrictEqual([
      'log 1:1 has no link: it was changed or inserted, or an older version wrote it (as do 1 more lines)',
    ]);
  });

  it('counts the problems of which it keeps a hundred', () => {
    const { count, problems: kept } = verifyLogs([
      of([...pieces, ...Array.from({ length: 200 }, () => pieces[0] ?? log)]),
    ]);
    expect([count, kept.length]).toStrictEqual([200, 100]);
  });
});
