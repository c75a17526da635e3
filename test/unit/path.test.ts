import { describe, expect, it } from 'vitest';
import { path } from '../../src/aiven/path.ts';

// The schemas of the tools refuse all of these before; this is the layer that holds when one forgets.
describe('a request path', () => {
  it.each(['', '.', '..', 'a/b', '%2e%2e', '%2F', 'a?b', 'a#b', 'a\\b', 'a b', '\u0000', 'x'.repeat(129)])(
    'takes no %j',
    (value) => {
      expect(() => path`v1/project/${value}/secrets/cmks`).toThrow(/is no id or name/);
    },
  );

  it('holds each value as one segment, and its template none', () => {
    expect(path`v1/project/${'my-project_1.x'}/secrets/cmks/${'a'}`).toStrictEqual({
      path: 'v1/project/my-project_1.x/secrets/cmks/a',
      template: '/v1/project/{project}/secrets/cmks/{cmks}',
    });
  });
});
