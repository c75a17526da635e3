import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readCommand } from '../../src/app/config/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-audit-command-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
};
const KEY = 'q8Zr0vKx3TnW5yB7dF9gH1jL2mP4sUaC';
const HASH = 'x'.repeat(43);

describe('the command audit', () => {
  it('takes files, keys and ends, and needs no token', async () => {
    const flags = [
      '--key-file',
      file('a', KEY),
      '--key-file',
      file('b', `${KEY}2`),
      '--expect',
      `7:${HASH}`,
      '--partial',
    ];
    const command = await readCommand(['audit', 'verify', 'one', 'two', ...flags], { AIVEN_CMK_HTTP: 'not valid' });
    if (command.kind !== 'audit') throw new Error(`It is ${command.kind}.`);
    const { keys, ...rest } = command.verification;
    expect(keys.map((key) => key.expose())).toStrictEqual([KEY, `${KEY}2`]);
    expect(rest).toStrictEqual({
      files: ['one', 'two'],
      expected: [{ seq: 7, hash: HASH }],
      isPartial: true,
      json: false,
    });
  });

  it('takes the key of the server, unless one is given', async () => {
    const environment = { AIVEN_CMK_SIGNING_KEY_FILE: file('server', KEY) };
    expect(await readCommand(['audit', 'verify', 'x'], environment)).toMatchObject({ verification: { keys: [{}] } });
    const broken = { AIVEN_CMK_SIGNING_KEY_FILE: '/no/such' };
    await expect(readCommand(['audit', 'verify', 'x'], broken)).rejects.toThrow(/SIGNING_KEY_FILE.*ENOENT/);
    await readCommand(['audit', 'verify', 'x', '--key-file', file('given', KEY)], broken);
  });

  it.each<[string, string[], RegExp]>([
    ['no file', ['verify'], /lacks a file/],
    ['nothing to do', [], /lacks what to do/],
    ['something else to do', ['repair', 'x'], /repair/],
    ['a setting of the server', ['verify', 'x', '--sandbox'], /--sandbox is given with audit/],
    ['an end that is none', ['verify', 'x', '--expect', `0:${HASH}`], /--expect.*SEQ:HASH/],
    ['a key that is none', ['verify', 'x', '--key-file', file('short', 'short')], /--key-file.*32/],
  ])('refuses %s', async (_case, args, message) => {
    await expect(readCommand(['audit', ...args], {})).rejects.toThrow(message);
  });
});
