import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/guard/access-policy/access-policy.ts';
import { decide } from '../../src/guard/access-policy/decide.ts';
import { type CallerMatch, matchesGlob } from '../../src/guard/access-policy/rule.ts';
import { ADA, SCRIPT, SHELL } from '../fixtures/policy-callers.ts';

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
