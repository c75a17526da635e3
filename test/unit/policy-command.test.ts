import { describe, expect, it } from 'vitest';
import { readCommand } from '../../src/app/config/config.ts';
import type { CmkError } from '../../src/core/errors.ts';

const LIST = ['--project', 'p', '--tool', 'aiven_cmk_list'];
const read = (...argv: string[]) => readCommand(['policy', ...argv], {});

describe('policy check', () => {
  it('reads a request, and needs neither a token nor a server’s settings', async () => {
    const claims = ['--claim', 'groups=a', '--claim', 'groups=b=c', '--claim', 'team=keys'];
    const command = await read('check', 'f', '--as', 'subject:ada', ...LIST, ...claims, '--scope', 'cmk:read');
    const caller = { name: 'ada', scopes: ['cmk:read'], claims: { groups: ['a', 'b=c'], team: ['keys'] } };
    const request = { caller, tool: 'aiven_cmk_list', operation: 'read', project: 'p' };
    expect(command).toMatchObject({ kind: 'policy', file: 'f', request });
    expect(await read('check', 'f')).toStrictEqual({ kind: 'policy', file: 'f' });
  });

  it.each<[string, readonly string[], RegExp]>([
    ['no word', [], /policy lacks a file: write policy check FILE/],
    ['another word', ['test', 'f'], /policy has no "test"/],
    ['no file', ['check'], /lacks a file/],
    ['half a request', ['check', 'f', '--as', 'subject:ada'], /give --as, --tool and --project together/],
    ['two callers', ['check', 'f', ...LIST, '--as', 'token:a', '--as', 'token:b'], /--as is given more than once/],
    ['a caller of no kind', ['check', 'f', ...LIST, '--as', 'ada'], /it takes subject:NAME, token:NAME or anonymous/],
    [
      'an unknown tool',
      ['check', 'f', '--as', 'token:a', '--project', 'p', '--tool', 'aiven_cmk_lst'],
      /did you mean aiven_cmk_list\?/,
    ],
    ['no project', ['check', 'f', '--as', 'token:a', '--project', '..', '--tool', 'aiven_cmk_list'], /--project is/],
    ['a claim without a token', ['check', 'f', ...LIST, '--as', 'token:a', '--claim', 'a=b'], /--claim is given for/],
    ['a claim without a value', ['check', 'f', ...LIST, '--as', 'subject:a', '--claim', 'a'], /it takes NAME=VALUE/],
    ['an unknown scope', ['check', 'f', ...LIST, '--as', 'subject:a', '--scope', 'cmk:all'], /it takes cmk:read/],
    ['a scope of nobody', ['check', 'f', ...LIST, '--as', 'anonymous', '--scope', 'cmk:read'], /leave it out/],
    ['a flag of other commands', ['check', 'f', '--read-only'], /--read-only is given with policy/],
  ])('with %s is refused', async (_what, argv, message) => {
    const error = await read(...argv).catch((thrown: CmkError) => thrown);
    expect(error).toMatchObject({ code: 'invalid_settings', message: expect.stringMatching(message) });
  });
});
