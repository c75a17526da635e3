import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COUNTS_FILE, countAll, differences } from '../../bench/counts/counts.ts';
import { PACKAGE } from '../fixtures/harness.ts';

describe('the counts of start, tools and package', () => {
  it('are the committed ones', async () => {
    const changed = differences(JSON.parse(readFileSync(COUNTS_FILE, 'utf8')), await countAll(PACKAGE));
    expect(changed, 'If the change is meant, accept it: npm run counts').toStrictEqual([]);
  });

  it('differ where one is more, less, new or gone, and bytes from 1 % on', () => {
    const committed = { modules: 3, bytes: { start: 1_000, late: 5 }, list: { tokens: 10, requests: ['GET /a'] } };
    const present = {
      modules: 4,
      bytes: { start: 1_010, new: 7 },
      list: { tokens: 9, requests: ['GET /a', 'GET /b'] },
    };
    expect(differences(committed, committed)).toStrictEqual([]);
    expect(differences(committed, present)).toStrictEqual([
      'modules: 3 -> 4',
      'bytes.late: 5 -> none',
      'bytes.new: none -> 7',
      'list.tokens: 10 -> 9',
      'list.requests.1: none -> "GET /b"',
    ]);
    expect(differences({ bytes: 1_000 }, { bytes: 989 })).toStrictEqual(['bytes: 1000 -> 989']);
  });
});
