import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readPolicyCommand } from '../../src/app/config/policy-command.ts';
import { policyOf } from '../fixtures/policies.ts';

const document = readFileSync('docs/policy.md', 'utf8');
const sections = document.split(/^## /m).flatMap((section) => {
  const [title = ''] = section.split('\n', 1);
  const [, text] = /^```yaml\n(.*?)^```$/ms.exec(section) ?? [];
  const rows = [...section.matchAll(/^\| `(--as [^`]+)` \| (.+) \|$/gm)].map(
    ([, words = '', decision]) => [words, decision] as const,
  );
  return text === undefined ? [] : [{ title, text, rows }];
});
const worked = sections.filter(({ rows }) => rows.length > 0);

/** Returns the request of a row, as `policy check` reads it. */
function requestOf(words: string) {
  const multiple = { type: 'string', multiple: true } as const;
  const options = { as: multiple, claim: multiple, scope: multiple, tool: multiple, project: multiple };
  const { values } = parseArgs({ args: words.split(' '), options });
  const { request } = readPolicyCommand(['check', 'policy.yaml'], new Map(Object.entries(values)));
  if (!request) throw new Error(`No request: ${words}`);
  return request;
}

describe('docs/policy.md', () => {
  it('has one rule by way of example, and three worked policies', () => {
    expect(worked).toHaveLength(3);
    expect(sections).toHaveLength(4);
    for (const { text } of sections) expect(policyOf(text).rules.length).toBeGreaterThan(0);
  });

  it.each(
    worked.flatMap(({ title, text, rows }) => rows.map(([words, expected]) => ({ title, text, words, expected }))),
  )('$title: $words is $expected', ({ text, words, expected }) => {
    const decision = policyOf(text).decide(requestOf(words));
    const { who, needed } = ('approval' in decision && decision.approval) || {};
    const parts = [decision.rule, who, needed].filter((part) => part !== undefined).join(', ');
    expect(`${decision.effect === 'allow' ? 'allowed' : 'denied'}${parts && `: ${parts}`}`).toBe(expected);
  });
});
