import { describe, expect, it } from 'vitest';
import { isSameId, isUuid } from '../../src/core/uuid.ts';

const ID = '12345678-1234-1234-1234-12345678abcd';

describe('UUIDs', () => {
  it.each([ID, ID.toUpperCase(), '00000000-0000-0000-0000-000000000000'])('%s is one', (value) => {
    expect(isUuid(value)).toBe(true);
  });

  it.each(['', `${ID} `, `${ID}\n`, ` ${ID}`, `{${ID}}`, ID.replaceAll('-', ''), ID.slice(1), `${ID}0`, 7, null, [ID]])(
    '%j is none, and not the same as one',
    (value) => {
      expect(isUuid(value)).toBe(false);
      expect(isSameId(value, ID)).toBe(false);
      expect(isSameId(ID, value)).toBe(false);
    },
  );

  it('are compared whatever their letter case', () => {
    expect(isSameId(ID, ID.toUpperCase())).toBe(true);
    expect(isSameId(ID, ID.replace('1', '2'))).toBe(false);
  });

  it('that are missing are not the same', () => {
    expect(isSameId(undefined, undefined)).toBe(false);
    expect(isSameId(null, null)).toBe(false);
  });
});
