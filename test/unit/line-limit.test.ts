import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineLimit } from '../../src/server/line-limit.ts';

const MAX = 8;

/** What passes when chunks arrive one after the other, and how many lines were dropped. */
function filter(chunks: readonly string[]) {
  let dropped = 0;
  const limit = new LineLimit(MAX, () => {
    dropped += 1;
  });
  const passed = chunks.map((chunk) => limit.filter(Buffer.from(chunk)).toString()).join('');
  return { passed, dropped };
}

describe('the limit of lines', () => {
  it('passes lines within it and drops longer ones, however they are cut into chunks', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 2 * MAX }).map((text) => `${text}\n`);
    const cuts = fc.array(fc.nat(200), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), cuts, (lines, places) => {
        const text = lines.join('');
        const sorted = [0, ...places.map((at) => at % (text.length + 1)).sort((a, b) => a - b), text.length];
        const chunks = sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
        const fitting = lines.filter((each) => each.length <= MAX);
        expect(filter(chunks)).toStrictEqual({ passed: fitting.join(''), dropped: lines.length - fitting.length });
      }),
    );
  });

  it('holds back a line until it is complete', () => {
    expect(filter(['abc'])).toStrictEqual({ passed: '', dropped: 0 });
  });

  it('drops a line that never ends once, and keeps none of it', () => {
    expect(filter(Array(100).fill('abcdef'))).toStrictEqual({ passed: '', dropped: 1 });
  });
});
