import { describe, expect, it } from 'vitest';
import { POLICY_MAX } from '../../src/guard/access-policy/parse.ts';
import { policyOf, rulesText } from '../fixtures/policies.ts';

const yaml = (lines: string) => `version: 1\nrules:\n  - name: a rule\n    effect: allow\n${lines}`;
const faultOf = (text: string | Uint8Array): string => {
  try {
    policyOf(text);
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return 'accepted';
};

describe('a policy', () => {
  it('is the same in YAML and in JSON, but for its digest', () => {
    const rules = [
      { name: 'a rule', effect: 'allow', callers: [{ claim: 'groups', value: 'on call' }, { anonymous: true }] },
      { name: 'b', effect: 'allow', projects: ['prod-*'], tools: ['delete'], approval: 'other', needed: 2 },
    ];
    const text = `# comment
version: 1
rules:
  - name: a rule
    effect: allow
    callers:
      - claim: groups
        value: on call
      - anonymous: true
  - { name: b, effect: allow, projects: [prod-*], tools: [delete], approval: other, needed: 2 }
`;
    const [one, other] = [policyOf(text), policyOf(JSON.stringify({ version: 1, rules }, null, '\t'))];
    expect(one.rules).toStrictEqual(other.rules);
    expect(one).toMatchObject({ claims: ['groups'], projects: [], needsPage: true });
    expect(one.digest).not.toBe(other.digest);
    expect(policyOf(`\u{feff}${text}`).rules).toStrictEqual(one.rules);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['nothing', '', /an object of version and rules/],
    ['no UTF-8', new Uint8Array([0x61, 0xff]), /no UTF-8/],
    ['too much', ' '.repeat(POLICY_MAX + 1), /over 131072 bytes/],
    ['broken YAML', 'version: [1', /line 1: /],
    ['a repeated key', yaml('    effect: deny\n'), /line 5: Map keys must be unique/],
    ['an unknown key', yaml('    tool: [read]\n'), /line 5: rules\[0\]\.tool: this key is not known/],
    ['another version', 'version: 2\nrules: []', /line 1: version: it takes 1/],
    ['no rules', 'version: 1\nrules: []', /rules: it takes a list of 1 to 200 rules/],
    ['two documents', `${yaml('')}---\nversion: 1\n`, /line 5: it takes one document/],
    ['an alias', 'version: &v 1\nrules: [*v]', /no aliases/],
    ['a merge', 'version: 1\n<<: {rules: []}', /line 2: <<: this key is not known/],
    ['a tag', 'version: !one 1\nrules: []', /Unresolved tag/],
    ['a key that is a prototype', `__proto__: {}\n${yaml('')}`, /__proto__: this key is not known/],
    ['brackets without an end', '['.repeat(20_000), /nested too deeply/],
    ['lists in lists on a line', '- '.repeat(20_000), /nested too deeply/],
    [
      'an effect of another spelling',
      yaml('').replace('allow', 'Allow'),
      /line 4: rules\[0\]\.effect: .*allow or deny/,
    ],
    ['an empty list', yaml('    tools: []\n'), /line 5: rules\[0\]\.tools: .*or is left out/],
    ['a list without a value', yaml('    callers:\n'), /rules\[0\]\.callers: .*or is left out/],
    [
      'an unknown tool',
      yaml('    tools: [aiven_cmk_remove]\n'),
      /tools\[0\]: it takes read, write, delete, aiven_cmk_/,
    ],
    ['an unknown scope', yaml('    scopes: [cmk:admin]\n'), /it takes cmk:read/],
    ['a project with another sign', yaml('    projects: ["prod-?"]\n'), /projects\[0\]: it takes 1 to 128/],
    ['a subject that is a number', yaml('    callers: [{ subject: 7 }]\n'), /put quotes around/],
    ['a subject with an invisible character', yaml('    callers: [{ subject: "a\\u200b" }]\n'), /visible/],
    ['a caller of two kinds', yaml('    callers: [{ subject: a, token: b }]\n'), /it takes one of \{subject/],
    ['a claim without a value', yaml('    callers: [{ claim: groups }]\n'), /it takes one of \{subject/],
    ['a value without a claim', yaml('    callers: [{ subject: a, value: b }]\n'), /it takes one of \{subject/],
    ['who is not anonymous', yaml('    callers: [{ anonymous: false }]\n'), /anonymous: it takes true/],
    [
      'an approval of tools that ask nobody',
      yaml('    approval: other\n'),
      /line 5: .*approval: it goes with tools: \[delete\]/,
    ],
    ['an approval of writes', yaml('    tools: [delete, write]\n    approval: self\n'), /a rule of their own/],
    [
      'an approval of what is denied',
      rulesText({ effect: 'deny', tools: ['delete'], approval: 'self' }),
      /effect: allow/,
    ],
    ['people without an approval', yaml('    tools: [delete]\n    needed: 2\n'), /needed: it goes with approval/],
    ['people of nobody', yaml('    tools: [delete]\n    approval: none\n    needed: 2\n'), /needed: it goes with/],
    [
      'six people',
      yaml('    tools: [delete]\n    approval: self\n    needed: 6\n'),
      /needed: it takes a whole number from 1 to 5/,
    ],
    ['half a person', yaml('    tools: [delete]\n    approval: self\n    needed: 1.5\n'), /from 1 to 5/],
    [
      'two rules of one name',
      rulesText({ name: 'a', effect: 'deny' }, { name: 'a', effect: 'allow' }),
      /another rule has/,
    ],
    ['a name that could be two', rulesText({ name: 'a, b', effect: 'deny' }), /name: it takes 1 to 64/],
    [
      'too many claims',
      rulesText({ effect: 'allow', callers: Array.from({ length: 21 }, (_, at) => ({ claim: `c${at}`, value: 'v' })) }),
      /20 different claims/,
    ],
    ['too many rules', rulesText(...Array.from({ length: 201 }, () => ({ effect: 'deny' }))), /1 to 200 rules/],
  ])('with %s is refused', (_what, text, fault) => {
    expect(faultOf(text)).toMatch(fault);
    expect(faultOf(text)).toMatch(/^policy\.yaml: /);
  });

  it('names five faults at most', () => {
    const fault = faultOf(rulesText(...Array.from({ length: 20 }, () => ({ effect: 'perhaps' }))));
    expect(fault.match(/effect/g)).toHaveLength(5);
    expect(fault).toMatch(/; and more\.$/);
  });
});
