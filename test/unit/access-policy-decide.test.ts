import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANONYMOUS, callerId } from '../../src/core/caller.ts';
import type { AccessCaller, AccessRequest, Decision } from '../../src/guard/access-policy/access-policy.ts';
import { decide } from '../../src/guard/access-policy/decide.ts';
import { type CallerMatch, matchesGlob, type Rule } from '../../src/guard/access-policy/rule.ts';

const ADA: AccessCaller = {
  id: callerId('ada', 'https://issuer'),
  name: 'ada',
  issuer: 'https://issuer',
  scopes: ['cmk:read', 'cmk:delete'],
  claims: { groups: ['platform', 'oncall'], team: ['keys'] },
};
const SCRIPT: AccessCaller = { id: callerId('ada', undefined, 'f00'), name: 'ada', scopes: ['cmk:read'] };
const SHELL: AccessCaller = { id: ANONYMOUS, name: 'ada' };
const DELETE: AccessRequest = { caller: ADA, tool: 'aiven_cmk_delete', operation: 'delete', project: 'prod-1' };

const allow = (name: string, more: Partial<Rule> = {}): Rule => ({ name, effect: 'allow', ...more });
const takes = (who: 'none' | 'self' | 'other', needed = 1) => ({ approval: { who, needed } });

describe('the callers of a rule', () => {
  it.each<[string, CallerMatch, readonly AccessCaller[]]>([
    ['a subject', { subject: 'ada' }, [ADA]],
    ['a subject of another spelling', { subject: 'Ada' }, []],
    ['a static token', { token: 'ada' }, [SCRIPT]],
    ['nobody who signed in', { anonymous: true }, [SHELL]],
    ['one of several values of a claim', { claim: 'groups', value: 'oncall' }, [ADA]],
    ['the one value of a claim', { claim: 'team', value: 'keys' }, [ADA]],
    ['a part of a value', { claim: 'groups', value: 'on' }, []],
    ['a claim that the token lacks', { claim: 'roles', value: 'admin' }, []],
    ['a claim that every object has', { claim: 'constructor', value: 'Object' }, []],
  ])('%s', (_what, match, expected) => {
    const found = [ADA, SCRIPT, SHELL].filter(
      (caller) => decide([allow('r', { callers: [match] })], { ...DELETE, caller }).effect === 'allow',
    );
    expect(found).toStrictEqual(expected);
  });
});

describe('a decision', () => {
  it.each<[string, readonly Rule[], Partial<Decision>]>([
    ['no rule', [], { effect: 'deny', reason: 'No rule allows aiven_cmk_delete in project prod-1 to ada.' }],
    ['a rule about others', [allow('r', { tools: ['read'] })], { effect: 'deny' }],
    ['a scope of the caller', [allow('r', { scopes: ['cmk:write', 'cmk:delete'] })], { effect: 'allow', rule: 'r' }],
    ['a scope that it lacks', [allow('r', { scopes: ['cmk:write'] })], { effect: 'deny' }],
    ['a glob', [allow('r', { projects: ['dev', 'prod-*'] })], { effect: 'allow', rule: 'r' }],
    ['a tool by its name', [allow('r', { tools: ['aiven_cmk_delete'] })], { effect: 'allow' }],
    [
      'one that denies',
      [allow('a', takes('other')), { name: 'freeze', effect: 'deny', projects: ['prod-*'] }],
      {
        effect: 'deny',
        rule: 'freeze',
        reason: 'Rule "freeze" denies aiven_cmk_delete in project prod-1 to ada.',
      },
    ],
    ['one that leaves it to the server', [allow('a'), allow('b', takes('none'))], { effect: 'allow', rule: 'a' }],
    [
      'one by whose approval, one by how many',
      [allow('a', takes('self', 3)), allow('b', takes('other')), allow('c', takes('none'))],
      {
        effect: 'allow',
        rule: 'a, b',
        ...takes('other', 3),
        reason:
          'Rule "a, b" allows aiven_cmk_delete in project prod-1 to ada, with the approval of 3 people other than the caller.',
      },
    ],
  ])('with %s', (_what, rules, expected) => {
    expect(decide(rules, DELETE)).toMatchObject(expected);
  });

  it('takes another letter case for the stricter one', () => {
    const rules = [
      allow('all', { projects: ['*-1'], ...takes('none') }),
      allow('prod', { projects: ['prod-*'], ...takes('other') }),
      { name: 'frozen', effect: 'deny', projects: ['Old-*'] } as const,
    ];
    const at = (project: string) => decide(rules, { ...DELETE, project });
    expect(at('PROD-1')).toMatchObject({ effect: 'allow', ...takes('other') });
    expect(at('PROD-2')).toMatchObject({ effect: 'deny' });
    expect(at('old-1')).toMatchObject({ effect: 'deny', rule: 'frozen' });
  });

  it('about any project denies where every project that is allowed is denied', () => {
    const any = { ...DELETE, project: undefined };
    const deny = (...projects: string[]): Rule => ({ name: 'no', effect: 'deny', projects });
    expect(decide([allow('a', { projects: ['dev-*'] }), deny('d*')], any)).toMatchObject({
      effect: 'deny',
      rule: 'no',
    });
    expect(decide([allow('a', { projects: ['dev-*'] }), deny('dev-1')], any).effect).toBe('allow');
    expect(decide([allow('a'), deny('d*')], any).effect).toBe('allow');
    expect(decide([allow('a', { projects: ['x'] }), { name: 'no', effect: 'deny' }], any).effect).toBe('deny');
    expect(decide([allow('a', { tools: ['read'] })], any)).toMatchObject({ effect: 'deny' });
  });
});

const anyRule = fc.record(
  {
    effect: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
    callers: fc.constantFrom<CallerMatch[]>(
      [{ subject: 'ada' }],
      [{ token: 'ada' }],
      [{ claim: 'team', value: 'keys' }, { anonymous: true }],
    ),
    scopes: fc.constantFrom(['cmk:delete'], ['cmk:write']),
    tools: fc.constantFrom(['delete'], ['read', 'write']),
    projects: fc.uniqueArray(fc.constantFrom('*', 'prod-*', 'dev-*', '*-1', 'prod-1', 'Dev-2'), { minLength: 1 }),
    approval: fc.record({ who: fc.constantFrom('none', 'self', 'other'), needed: fc.integer({ min: 1, max: 5 }) }),
  },
  { requiredKeys: ['effect'] },
);
const anyRules = fc
  .array(anyRule, { maxLength: 6 })
  .map((rules) => rules.map((rule, at) => ({ ...rule, name: `r${at}` })));
const anyRequest = fc
  .record({
    caller: fc.constantFrom(ADA, SCRIPT, SHELL),
    tool: fc.constantFrom('aiven_cmk_delete', 'aiven_cmk_list'),
    project: fc.constantFrom('prod-1', 'PROD-1', 'dev-2', 'other'),
  })
  .map((request) => ({
    ...request,
    operation: request.tool === 'aiven_cmk_delete' ? ('delete' as const) : ('read' as const),
  }));

/** How strict a decision is: [denied or whose approval, how many]. */
function strictness(decision: Decision): readonly [number, number] {
  if (decision.effect === 'deny') return [4, 0];
  const { who, needed = 0 } = decision.approval ?? {};
  return [{ none: 0, self: 2, other: 3 }[who ?? 'none'] + (who ? 0 : 1), who === 'none' ? 0 : needed];
}

describe('of any rules and request', () => {
  it('the strictest that matches wins', () => {
    fc.assert(
      fc.property(anyRules, anyRequest, (rules, request) => {
        const all = strictness(decide(rules, request));
        const each = rules
          .map((rule) => decide([rule], request))
          .filter(({ effect, rule }) => effect === 'allow' || rule);
        for (const one of each.map(strictness)) {
          expect(all[0]).toBeGreaterThanOrEqual(one[0]);
          if (all[0] < 4) expect(all[1]).toBeGreaterThanOrEqual(one[1]);
        }
      }),
    );
  });

  it('no match denies, and a further rule allows nothing that is denied by one', () => {
    fc.assert(
      fc.property(anyRules, anyRequest, (rules, request) => {
        const matching = rules.filter((rule) => decide([{ ...rule, effect: 'allow' }], request).effect === 'allow');
        const decision = decide(rules, request);
        if (!matching.some(({ effect }) => effect === 'allow')) expect(decision.effect).toBe('deny');
        if (matching.some(({ effect }) => effect === 'deny')) expect(decision.effect).toBe('deny');
      }),
    );
  });

  it('the order of rules does not count, and what is allowed in a project is allowed somewhere', () => {
    fc.assert(
      fc.property(anyRules, anyRequest, (rules, request) => {
        const decision = decide(rules, request);
        expect(strictness(decide(rules.toReversed(), request))).toStrictEqual(strictness(decision));
        if (decision.effect === 'allow') expect(decide(rules, { ...request, project: undefined }).effect).toBe('allow');
      }),
    );
  });

  it('a glob matches as a regular expression does', () => {
    const piece = fc.array(fc.constantFrom('a', 'b', '-', '*'), { maxLength: 7 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(piece, piece, (pattern, given) => {
        const text = given.replaceAll('*', 'a');
        expect(matchesGlob(pattern, text)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text));
      }),
    );
  });
});
