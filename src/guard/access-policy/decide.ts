import { type AccessRequest, APPROVALS, type Decision, type RequiredApproval } from './access-policy.ts';
import { matchesCall, matchesProject, matchesProjectInAnyCase, patternsOf, type Rule } from './rule.ts';

/**
 * Returns what rules say about a request. The strictest rule that matches wins: one that denies, then the one that takes the
 * approval of more independent people; the number of people is the highest of any. No match denies.
 *
 * A project's name is compared as it is spelt and, for rules that deny or take an approval, in any letter case too: a rule about
 * `prod-*` also holds for `PROD-1`, should the API not tell them apart, and allows nothing there by itself.
 */
export function decide(rules: readonly Rule[], request: AccessRequest): Decision {
  const { caller, tool, project } = request;
  const about = rules.filter((rule) => matchesCall(rule, request));
  const where = project === undefined ? 'any project' : `project ${project}`;
  const what = `${tool} in ${where} to ${caller.name}`;
  const denying = about.filter(({ effect }) => effect === 'deny');
  const allowing = about.filter(({ effect }) => effect === 'allow');
  if (project === undefined) return decideAnywhere(denying, allowing, what);
  const denied = denying.filter((rule) => matchesProjectInAnyCase(rule, project));
  if (denied.length > 0) {
    const rule = named(denied);
    return { effect: 'deny', rule, reason: `${quote(rule)} denies ${what}.` };
  }
  if (!allowing.some((rule) => matchesProject(rule, project))) {
    return { effect: 'deny', reason: `No rule allows ${what}.` };
  }
  return allow(
    allowing.filter((rule) => matchesProjectInAnyCase(rule, project)),
    what,
  );
}

function allow(rules: readonly Rule[], what: string): Decision {
  const asking = rules.flatMap(({ approval }) => (approval ? [approval] : []));
  // A rule that names no approval leaves it to the server, which is more than to ask nobody.
  const relevant = rules.some(({ approval }) => !approval) ? asking.filter(({ who }) => who !== 'none') : asking;
  const approval = strictest(relevant);
  const deciding = rules.filter((rule) => isAsStrict(rule.approval, approval));
  const rule = named(deciding);
  const reason = `${quote(rule)} allows ${what}${approval ? takes(approval) : ''}.`;
  return { effect: 'allow', rule, ...(approval && { approval }), reason };
}

function takes({ who, needed }: RequiredApproval): string {
  if (who === 'none') return ', and nobody is asked';
  const people = needed === 1 ? '1 person' : `${needed} people`;
  return `, with the approval of ${people}${who === 'other' ? ' other than the caller' : ''}`;
}

/** Whether a rule contributes to the approval that is asked for: by whose it is, or by how many. */
function isAsStrict(one: RequiredApproval | undefined, approval: RequiredApproval | undefined): boolean {
  return one === undefined || approval === undefined
    ? one === approval
    : one.who === approval.who || (one.needed === approval.needed && one.needed > 1);
}

function strictest(approvals: readonly RequiredApproval[]): RequiredApproval | undefined {
  const ranks = approvals.map(({ who }) => APPROVALS.indexOf(who));
  const who = APPROVALS[Math.max(...ranks)];
  return who && { who, needed: Math.max(...approvals.map(({ needed }) => needed)) };
}

/**
 * Whether there may be a project: each pattern of a rule that allows is compared with each of those that deny. Only a pattern
 * that one other covers as a whole is left out, so that what may be allowed somewhere is never taken as denied.
 */
function decideAnywhere(denying: readonly Rule[], allowing: readonly Rule[], what: string): Decision {
  // A `*` of the pattern is matched only by a `*` of the rule that denies, as no other character of a rule is one.
  const open = allowing.filter((rule) =>
    patternsOf(rule).some((pattern) => !denying.some((each) => matchesProjectInAnyCase(each, pattern))),
  );
  if (open.length > 0) return allow(open, what);
  const rule = denying.length > 0 && { rule: named(denying) };
  return { effect: 'deny', ...rule, reason: `No rule allows ${what}.` };
}

function named(rules: readonly Rule[]): string {
  return rules.map(({ name }) => name).join(', ');
}

function quote(names: string): string {
  return `Rule ${JSON.stringify(names)}`;
}
