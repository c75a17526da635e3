import { ANONYMOUS } from '../../core/caller.ts';
import type { AccessCaller, AccessRequest, RequiredApproval } from './access-policy.ts';

/** Whom a rule is about. */
export type CallerMatch =
  /** The subject of an access token. */
  | { readonly subject: string }
  /** The name of a static token. */
  | { readonly token: string }
  /** A claim of an access token that is this text, or a list that has it. */
  | { readonly claim: string; readonly value: string }
  /** Whoever calls over stdio, from a shell, or over HTTP where no sign-in is set. */
  | { readonly anonymous: true };

/** One rule. A list that is absent matches everything; one that is present matches what is like any of its entries. */
export interface Rule {
  readonly name: string;
  readonly effect: 'allow' | 'deny';
  readonly callers?: readonly CallerMatch[];
  readonly scopes?: readonly string[];
  /** Names of projects, in which `*` is any run of characters. */
  readonly projects?: readonly string[];
  /** Names of tools, or the operations `read`, `write` and `delete`. */
  readonly tools?: readonly string[];
  readonly approval?: RequiredApproval;
}

/** Whether a rule is about this caller and this tool, whatever the project is. */
export function matchesCall({ callers, scopes, tools }: Rule, { caller, tool, operation }: AccessRequest): boolean {
  return (
    (callers?.some((each) => matchesCaller(each, caller)) ?? true) &&
    // Who did not sign in is limited by no scope.
    (scopes?.some((scope) => caller.scopes?.includes(scope) ?? true) ?? true) &&
    (tools?.some((each) => each === tool || each === operation) ?? true)
  );
}

function matchesCaller(match: CallerMatch, { id, name, issuer, claims = {} }: AccessCaller): boolean {
  const isAnonymous = id === ANONYMOUS;
  if ('anonymous' in match) return isAnonymous;
  // A name that a client gives itself identifies nobody.
  if (isAnonymous) return false;
  if ('subject' in match) return issuer !== undefined && name === match.subject;
  if ('token' in match) return issuer === undefined && name === match.token;
  const values = Object.hasOwn(claims, match.claim) ? claims[match.claim] : undefined;
  return issuer !== undefined && (values?.includes(match.value) ?? false);
}

/** Returns the patterns of a rule's projects. */
export function patternsOf({ projects = ['*'] }: Rule): readonly string[] {
  return projects;
}

/** Whether a rule is about this project. */
export function matchesProject(rule: Rule, project: string): boolean {
  return patternsOf(rule).some((pattern) => matchesGlob(pattern, project));
}

/** Whether a rule is about this project where capital and small letters are the same. */
export function matchesProjectInAnyCase(rule: Rule, project: string): boolean {
  return patternsOf(rule).some((pattern) => matchesGlob(pattern.toLowerCase(), project.toLowerCase()));
}

/** Whether a text is like a pattern, in which `*` is any run of characters. Takes time in proportion to their lengths' product. */
export function matchesGlob(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
