import { describe, expect, it } from 'vitest';
import type { AccessCaller, AccessRequest, Decision } from '../../src/guard/access-policy/access-policy.ts';
import { decide } from '../../src/guard/access-policy/decide.ts';
import { type CallerMatch, matchesGlob, type Rule } from '../../src/guard/access-policy/rule.ts';
import { ADA, ROBOT, SCRIPT, SHELL } from '../fixtures/policy-callers.ts';

const DELETE: AccessRequest = { caller: ADA, tool: 'aiven_cmk_delete', operation: 'delete', project: 'prod-1' };
const ALLOWS = 'allows aiven_cmk_delete in project prod-1 to ada';

const allow = (name: string, more: Partial<Rule> = {}): Rule => ({ name, effect: 'allow', ...more });
const deny = (name: string, more: Partial<Rule> = {}): Rule => ({ name, effect: 'deny', ...more });
const takes = (who: 'none' | 'self' | 'other', needed = 1) => ({ approval: { who, needed } });

describe('the callers of a rule', () => {
  it.each<[string, readonly CallerMatch[], readonly AccessCaller[]]>([
    ['a subject', [{ subject: 'ada' }], [ADA]],
    ['a subject of another spelling', [{ subject: 'Ada' }], []],
    ['a static token', [{ token: 'ada' }], [SCRIPT]],
    ['nobody who signed in', [{ anonymous: true }], [SHELL]],
    ['one of several values of a claim', [{ claim: 'groups', value: 'oncall' }], [ADA]],
    ['the one value of a claim', [{ claim: 'team', value: 'keys' }], [ADA]],
    ['a part of a value', [{ claim: 'groups', value: 'on' }], []],
    ['a claim that the token lacks', [{ claim: 'roles', value: 'admin' }], []],
    ['a claim that every object has', [{ claim: 'constructor', value: 'Object' }], []],
    ['any of several', [{ token: 'robot' }, { subject: 'ada' }], [ADA, ROBOT]],
  ])('%s', (_what, callers, expected) => {
    const found = [ADA, SCRIPT, ROBOT, SHELL].filter(
      (caller) => decide([allow('r', { callers })], { ...DELETE, caller }).effect === 'allow',
    );
    expect(found).toStrictEqual(expected);
  });
});

describe('a pattern of projects', () => {
  it.each([
    ['prod-*', 'prod-', true],
    ['a*a', 'a', false],
    ['a*b*b', 'ab', false],
    ['a*b*b', 'abb', true],
  ])('%s is like %s: %s', (pattern, text, isLike) => {
    expect(matchesGlob(pattern, text)).toBe(isLike);
  });
});

describe('a decision', () => {
  it.each<[string, readonly Rule[], Decision]>([
    ['no rule', [], { effect: 'deny', reason: 'No rule allows aiven_cmk_delete in project prod-1 to ada.' }],
    [
      'one that denies',
      [allow('a', takes('other')), deny('freeze', { projects: ['x', 'prod-*'] }), deny('all')],
      {
        effect: 'deny',
        rule: 'freeze, all',
        reason: 'Rule "freeze, all" denies aiven_cmk_delete in project prod-1 to ada.',
      },
    ],
    [
      'one that leaves it to the server',
      [allow('a'), allow('b', takes('none'))],
      { effect: 'allow', rule: 'a', reason: `Rule "a" ${ALLOWS}.` },
    ],
    [
      'one that leaves it to the server, and one that asks',
      [allow('a'), allow('b', takes('self', 2))],
      {
        effect: 'allow',
        rule: 'b',
        ...takes('self', 2),
        reason: `Rule "b" ${ALLOWS}, with the approval of 2 people.`,
      },
    ],
    [
      'one that asks nobody',
      [allow('a', takes('none'))],
      { effect: 'allow', rule: 'a', ...takes('none'), reason: `Rule "a" ${ALLOWS}, and nobody is asked.` },
    ],
    [
      'a stricter one about another project',
      [
        allow('a', { projects: ['prod-*'], ...takes('self') }),
        allow('b', { projects: ['dev-*'], ...takes('other', 3) }),
      ],
      { effect: 'allow', rule: 'a', ...takes('self'), reason: `Rule "a" ${ALLOWS}, with the approval of 1 person.` },
    ],
    [
      'one by whose approval, none by how many',
      [allow('a', takes('self')), allow('b', takes('other'))],
      {
        effect: 'allow',
        rule: 'b',
        ...takes('other'),
        reason: `Rule "b" ${ALLOWS}, with the approval of 1 person other than the caller.`,
      },
    ],
    [
      'one by whose approval, one by how many',
      [
        allow('a', takes('self', 3)),
        allow('b', takes('other')),
        allow('c', takes('none')),
        allow('d', takes('self', 2)),
      ],
      {
        effect: 'allow',
        rule: 'a, b',
        ...takes('other', 3),
        reason: `Rule "a, b" ${ALLOWS}, with the approval of 3 people other than the caller.`,
      },
    ],
  ])('with %s', (_what, rules, expected) => {
    expect(decide(rules, DELETE)).toStrictEqual(expected);
  });

  it.each<[string, Partial<Rule>, boolean]>([
    ['a tool by its operation', { tools: ['read', 'delete'] }, true],
    ['a tool by its name', { tools: ['aiven_cmk_delete'] }, true],
    ['other tools', { tools: ['read'] }, false],
    ['a scope of the caller', { scopes: ['cmk:write', 'cmk:delete'] }, true],
    ['a scope that the caller lacks', { scopes: ['cmk:write'] }, false],
    ['a glob', { projects: ['dev', 'prod-*'] }, true],
  ])('with a rule about %s', (_what, about, isAllowed) => {
    expect(decide([allow('r', about)], DELETE).effect).toBe(isAllowed ? 'allow' : 'deny');
  });

  it('takes another letter case for the stricter one', () => {
    const rules = [
      allow('all', { projects: ['*-1'], ...takes('none') }),
      allow('prod', { projects: ['prod-*'], ...takes('other') }),
      deny('frozen', { projects: ['Old-*'] }),
    ];
    const at = (project: string) => decide(rules, { ...DELETE, project });
    expect(at('PROD-1')).toMatchObject({ effect: 'allow', ...takes('other') });
    expect(at('PROD-2')).toMatchObject({ effect: 'deny' });
    expect(at('old-1')).toMatchObject({ effect: 'deny', rule: 'frozen' });
  });

  const reason = 'No rule allows aiven_cmk_delete in any project to ada.';
  it.each<[string, Partial<Rule>, readonly Rule[], Partial<Decision>]>([
    ['of one rule', { projects: ['dev-*'] }, [deny('no', { projects: ['x', 'd*'] })], { rule: 'no' }],
    ['of rules together', { projects: ['x', 'y'] }, [deny('a', { projects: ['x'] }), deny('b')], { rule: 'a, b' }],
    ['none', { tools: ['read'] }, [], {}],
  ])('about any project denies where every project that is allowed is denied: %s', (_what, about, rules, denial) => {
    const decision = decide([allow('a', about), ...rules], { ...DELETE, project: undefined });
    expect(decision).toStrictEqual({ effect: 'deny', reason, ...denial });
  });

  it.each<[string, Partial<Rule>, string]>([
    ['a part of a pattern', { projects: ['dev-*'] }, 'dev-1'],
    ['some of all projects', {}, 'd*'],
    ['one of two projects', { projects: ['dev-1', 'prod-1'] }, 'dev-1'],
  ])('about any project allows where only %s is denied', (_what, about, pattern) => {
    const rules = [allow('a', about), deny('no', { projects: [pattern] })];
    expect(decide(rules, { ...DELETE, project: undefined })).toMatchObject({ effect: 'allow', rule: 'a' });
  });
});
