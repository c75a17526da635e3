import fc from 'fast-check';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { toResult } from '../../src/calls/result.ts';
import { countThatFit, cutToSize, jsonBytes, RESULT_MAX } from '../../src/core/json-size.ts';
import { Secret } from '../../src/core/secret.ts';
import { codePoint } from '../fixtures/arbitraries.ts';
import { TOKEN } from '../fixtures/outcome.ts';

/** Texts that take the most tokens for their length: digits, rare characters, escapes, names of special tokens. */
const COSTLY = [
  '7',
  '鿿',
  '龘',
  '\u0000',
  '\u001f',
  '"\\',
  '!a1',
  '𒐫',
  '🫠',
  '\ud800',
  '<|endoftext|>',
  '\u200b-',
  'ꙮ',
  TOKEN,
];
const text = fc.oneof(
  fc.string({ unit: codePoint, maxLength: 40 }),
  fc
    .tuple(fc.constantFrom(...COSTLY), fc.integer({ min: 1, max: 12_000 }))
    .map(([unit, length]) => unit.repeat(length / unit.length + 1)),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(text, fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(fc.string({ maxLength: 12 }), tie('value'), { maxKeys: 6 }),
  ),
}));
const payload = fc.dictionary(fc.constantFrom('cmk', 'cmks', 'error', 'note', 'warnings', 'x', '__proto__'), value);

const resultOf = (given: object, max = RESULT_MAX) => {
  const result = toResult(given, new Secret(TOKEN), { max });
  if (result.kind !== 'payload') throw new Error('A result is no form.');
  return result;
};

describe('the size of a result', () => {
  it('is at most 10,000 tokens of o200k in each part, whatever it has', () => {
    const check = (given: object) => {
      const { text, payload } = resultOf(given);
      expect(JSON.parse(text)).toStrictEqual(JSON.parse(JSON.stringify(payload)));
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(RESULT_MAX);
      expect(encode(text, { disallowedSpecial: new Set() }).length).toBeLessThanOrEqual(10_000);
    };
    for (const unit of COSTLY) check({ cmk: { id: 'x', note: unit.repeat(12_000) } });
    fc.assert(fc.property(payload, check), { numRuns: 60 });
  });

  it('is that of the payload where it fits, which is then unchanged', () => {
    const given = { cmk: { id: 'x', note: 'é'.repeat(4_900) } };
    expect(resultOf(given)).toMatchObject({ payload: given, text: JSON.stringify(given) });
    const large = { note: 'x'.repeat(RESULT_MAX) };
    expect(resultOf(large, Number.POSITIVE_INFINITY).payload).toStrictEqual(large);
  });

  it('keeps small fields whole, and says what is missing from large ones', () => {
    const cmk = {
      id: 'x',
      status: 'old',
      tags: Array.from({ length: 5_000 }, (_, at) => at),
      note: 'n'.repeat(90_000),
    };
    const { payload } = resultOf({ cmk, warnings: ['It is the default.'] });
    expect(payload).toMatchObject({ cmk: { id: 'x', status: 'old', tags: expect.arrayContaining([0, 1, 700]) } });
    expect(payload.warnings).toMatchObject([
      'It is the default.',
      expect.stringMatching(
        /cmk\.tags: the first [\d,]+ of 5,000 entries; cmk\.note: the first [\d,]+ of 90,000 characters/,
      ),
    ]);
  });

  it('keeps the code of an error and what to do, whatever the message has', () => {
    const error = { code: 'api_error', message: 'm'.repeat(50_000), hint: 'Call again.', retryable: true };
    expect(resultOf({ error }).payload).toMatchObject({
      error: { code: 'api_error', hint: 'Call again.', retryable: true },
    });
  });
});

describe('cutToSize', () => {
  it('keeps every object within its size, however deep and however many its fields', () => {
    const deep = (levels: number): unknown => (levels === 0 ? 'x'.repeat(9_000) : { a: [deep(levels - 1)], b: levels });
    const wide = Object.fromEntries(Array.from({ length: 9_000 }, (_, at) => [`field ${at}`, at]));
    for (const given of [{ deep: deep(30) }, wide, { ['n'.repeat(9_000)]: 1, a: 1 }, { a: [wide, wide] }]) {
      for (const max of [60, 500, 5_000]) {
        const { value, cuts } = cutToSize(given, max);
        expect(jsonBytes(value)).toBeLessThanOrEqual(max);
        expect(cuts.length).toBeGreaterThan(0);
      }
    }
  });
});

it('cutToSize cuts nothing that fits, and what is a byte larger', () => {
  const check = (given: object) => {
    const plain = JSON.parse(JSON.stringify(given));
    const size = jsonBytes(plain);
    expect(cutToSize(plain, size)).toStrictEqual({ value: plain, cuts: [] });
    if (size > 60) expect(cutToSize(plain, size - 1).cuts).not.toStrictEqual([]);
  };
  fc.assert(fc.property(payload, check), { numRuns: 60 });
});

it('cutToSize measures what is nested a few times, however deep it is', () => {
  let reads = 0;
  const innermost = {
    get text() {
      reads += 1;
      return 'x'.repeat(9_000);
    },
  };
  let nested: object = innermost;
  for (let level = 0; level < 60; level += 1) nested = level % 2 ? { a: nested } : [nested];
  cutToSize({ nested }, 5_000);
  expect(reads).toBeLessThan(5);
});

it('cutToSize leaves a list out before it shows none of its entries', () => {
  const services = Array.from({ length: 60 }, (_, at) => ({ service_name: `service-${at}`, status: 'active' }));
  const others = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`field_${at}`, 'x'.repeat(5_000)]));
  for (let max = 2_000; max < 2_300; max += 1) {
    const { value } = cutToSize<{ services?: unknown[] }>({ services, ...others }, max);
    expect(value.services).not.toStrictEqual([]);
  }
});

it('countThatFit counts whole entries, commas included', () => {
  expect(countThatFit(['ab', 'cd'], '["ab","cd"]'.length + 1)).toBe(2);
  expect(countThatFit(['ab', 'cd'], '["ab","cd"]'.length - 1)).toBe(1);
  expect(countThatFit(['ab'], 2)).toBe(0);
  expect(countThatFit([], 0)).toBe(0);
});
