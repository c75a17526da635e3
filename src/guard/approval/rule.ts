import type { RequiredApproval } from '../access-policy/access-policy.ts';
import type { ApprovalRule } from './record.ts';

/** Returns the stricter of the rule of a deployment and of what the policy asks for, each part by itself. */
export function stricterRule(rule: ApprovalRule, approval: RequiredApproval | undefined): ApprovalRule {
  if (!approval || approval.who === 'none') return rule;
  const isOther = rule.who === 'other' || approval.who === 'other';
  return { who: isOther ? 'other' : 'self', needed: Math.max(rule.needed, approval.needed) };
}

/** Whether a rule asks for no more than one person's approval, which may be the requester's own. */
export function isLeastRule({ who, needed }: RequiredApproval): boolean {
  return who === 'self' && needed === 1;
}
