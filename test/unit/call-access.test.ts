import { expect, it } from 'vitest';
import { CallAccess } from '../../src/calls/access.ts';
import { parsePolicy } from '../../src/guard/access-policy/parse.ts';
import { TOOL_DEFINITIONS } from '../../src/tools/catalog.ts';

it.each([undefined, null, 7, ['p']])(
  'a policy that allows everything allows nothing where no project is named: %o',
  (project) => {
    const policy = parsePolicy('policy', Buffer.from('{version: 1, rules: [{name: all, effect: allow}]}'), []);
    const [tool] = TOOL_DEFINITIONS;
    if (!tool) throw new Error('There is no tool.');
    const caller = { id: 'anonymous', name: 'somebody', client: 'x/1' };
    const access = () => new CallAccess(tool, caller, { project, policy: undefined }, () => policy);
    expect(() => access().check('p')).not.toThrow();
    expect(() => access().check(project)).toThrow('does not let somebody use');
  },
);
