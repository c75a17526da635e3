import * as z from 'zod';
import { APPROVERS } from '../approval/record.ts';
import { APPROVE_SCOPE, OPERATIONS, SCOPES } from '../scopes.ts';
import { APPROVALS } from './access-policy.ts';
import type { CallerMatch, Rule } from './rule.ts';

/** Maximum number of rules, and of entries in a list. */
const RULES_MAX = 200;
const ENTRIES_MAX = 200;

/** Maximum number of people whose approval a rule may take. */
const PEOPLE_MAX = 5;
const PEOPLE = `it takes a whole number from 1 to ${PEOPLE_MAX}`;

/** Maximum number of different claims that a policy may name. */
const CLAIMS_MAX = 20;

/** Words of visible characters with one space between them, as subjects are. */
const Text = z
  .string('it takes a text; put quotes around a number, yes or no')
  .regex(/^[^\p{C}\p{Z}\p{DI}]+(?: [^\p{C}\p{Z}\p{DI}]+)*$/u, 'it takes visible characters with single spaces between')
  .max(255, 'it takes at most 255 characters');

const Name = z
  .string('it takes a text')
  .regex(
    /^[\p{L}\p{N}](?:[\p{L}\p{N} ._:/-]{0,62}[\p{L}\p{N}])?$/u,
    'it takes 1 to 64 letters, digits, spaces and . _ : / -',
  );

const CALLER = 'it takes one of {subject: NAME}, {token: NAME}, {claim: NAME, value: TEXT}, {anonymous: true}';

/** One object of all keys and not a union, of which a fault would be reported once per member. */
const Caller = z
  .strictObject(
    {
      subject: Text.exactOptional(),
      token: Text.exactOptional(),
      claim: Text.exactOptional(),
      value: Text.exactOptional(),
      anonymous: z.literal(true, 'it takes true').exactOptional(),
    },
    CALLER,
  )
  .transform(({ subject, token, claim, value, anonymous }, context): CallerMatch => {
    const ways: CallerMatch[] = [
      ...(subject !== undefined ? [{ subject }] : []),
      ...(token !== undefined ? [{ token }] : []),
      ...(claim !== undefined && value !== undefined ? [{ claim, value }] : []),
      ...(anonymous !== undefined ? [{ anonymous }] : []),
    ];
    const [way, ...more] = ways;
    if (way && more.length === 0 && (claim === undefined) === (value === undefined)) return way;
    context.addIssue(CALLER);
    return z.NEVER;
  });

const Project = z
  .string('it takes the name of a project, in which * is any run of characters')
  .regex(/^[A-Za-z0-9._*-]{1,128}$/, "it takes 1 to 128 letters, digits, '-', '_', '.' or '*'");

function listOf<T extends z.ZodType>(entry: T) {
  const accepts = `it takes a list of 1 to ${ENTRIES_MAX} entries, or is left out`;
  return z.array(entry, accepts).min(1, accepts).max(ENTRIES_MAX, accepts).exactOptional();
}

/** The tools that a policy may name, with what they do. */
export type KnownTools = readonly { readonly name: string; readonly operation: (typeof OPERATIONS)[number] }[];

/** Returns the schema of a policy that may name these tools. Its output is what `decide` takes. */
export function policySchema(tools: KnownTools) {
  const words = [...OPERATIONS, ...tools.map(({ name }) => name)];
  const deletes = new Set([
    'delete',
    ...tools.flatMap(({ name, operation }) => (operation === 'delete' ? [name] : [])),
  ]);
  const Rule = z
    .strictObject({
      name: Name,
      effect: z.enum(['allow', 'deny'], 'it takes allow or deny'),
      callers: listOf(Caller),
      scopes: listOf(z.enum([...SCOPES, APPROVE_SCOPE], `it takes ${[...SCOPES, APPROVE_SCOPE].join(', ')}`)),
      projects: listOf(Project),
      tools: listOf(z.enum(words, `it takes ${words.join(', ')}`)),
      approval: z.enum(APPROVALS, `it takes ${APPROVALS.join(', ')}`).exactOptional(),
      needed: z.int(PEOPLE).min(1, PEOPLE).max(PEOPLE_MAX, PEOPLE).exactOptional(),
    })
    .superRefine(({ effect, tools: named, approval, needed }, context) => {
      const refuse = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
      if (approval !== undefined && effect === 'deny') refuse('approval', 'it goes with effect: allow');
      // A tool that asks nobody would be allowed without the approval that the rule seems to take.
      if (approval !== undefined && !named?.every((each) => deletes.has(each)))
        refuse(
          'approval',
          `it goes with tools: [delete], or a list of ${[...deletes].join(', ')}; give the others a rule of their own`,
        );
      if (needed !== undefined && !APPROVERS.some((who) => who === approval))
        refuse('needed', `it goes with approval: ${APPROVERS.join(' or ')}`);
    })
    .transform(({ approval, needed = 1, ...rule }) => ({
      ...rule,
      ...(approval !== undefined && { approval: { who: approval, needed } }),
    }));
  const rules = `it takes a list of 1 to ${RULES_MAX} rules`;
  return z.strictObject(
    {
      version: z.literal(1, 'it takes 1'),
      rules: z.array(Rule, rules).min(1, rules).max(RULES_MAX, rules).superRefine(refuseRepeated),
    },
    'a policy is an object of version and rules',
  );
}

function refuseRepeated(rules: readonly Pick<Rule, 'name' | 'callers'>[], context: z.core.$RefinementCtx): void {
  rules.forEach(({ name }, at) => {
    if (rules.findIndex((rule) => rule.name === name) < at)
      context.addIssue({ code: 'custom', path: [at, 'name'], message: 'another rule has this name' });
  });
  if (claimsOf(rules).length > CLAIMS_MAX)
    context.addIssue({ code: 'custom', path: [], message: `they may name ${CLAIMS_MAX} different claims` });
}

/** Returns the claims that rules name. */
export function claimsOf(rules: readonly Pick<Rule, 'callers'>[]): string[] {
  const callers = rules.flatMap((rule) => rule.callers ?? []);
  return [...new Set(callers.flatMap((match) => ('claim' in match ? [match.claim] : [])))];
}
