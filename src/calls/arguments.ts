import * as z from 'zod';
import { CmkError } from '../core/errors.ts';
import { sanitize } from '../core/sanitize.ts';
import { UNKNOWN_NAMES_MAX, unknownNames } from '../core/unknown-names.ts';
import type { ToolPolicy } from '../guard/policy.ts';
import { createProjectRule, type ProjectRule } from '../guard/projects.ts';
import type { Tool } from '../tools/tool.ts';

/** An argument that a widely used client adds to every call; it is ignored. */
const IGNORED = 'wait_for_previous';

/** Maximum length of an unknown name in a message, in characters. */
const NAME_MAX = 60;

/**
 * Returns a call's arguments, checked: `null` for an argument means absent, and an undeclared one is refused. If projects
 * are limited, any other project is refused, and a single one is the default; `named` are those that messages name.
 * @throws CmkError `invalid_arguments` that names every fault, but at most five unknown names; `project_not_allowed`.
 */
export function readArguments(
  tool: Tool,
  given: unknown,
  { projects, toolsets }: Pick<ToolPolicy, 'projects' | 'toolsets'>,
  named: readonly string[] = projects,
): Record<string, unknown> {
  const input = limitProject(withoutArguments(tool, toolsets), createProjectRule(projects));
  const known = Object.keys(input.shape);
  const args: object = Object(given ?? {});
  const unknown = unknownNames(args, (name) => name === IGNORED || Object.hasOwn(input.shape, name));
  // Refused before the other arguments are checked: a message with thousands of faults would take as long as thousands of calls.
  if (unknown.length > UNKNOWN_NAMES_MAX) throw invalid(tool, [describeUnknown(unknown, known)]);
  const entries = Object.entries(args).filter(
    ([name, value]) => name !== IGNORED && !(value === null && Object.hasOwn(input.shape, name)),
  );
  const parsed = input.safeParse(Object.fromEntries(entries), { reportInput: true });
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const faults = issues.map((issue) => describe(issue, known, named));
  // Only a limited project has a list of values.
  const isForeign = issues.some(
    ({ code, path, input }) => code === 'invalid_value' && path[0] === 'project' && input !== undefined,
  );
  throw invalid(tool, faults, isForeign ? 'project_not_allowed' : 'invalid_arguments');
}

/** Returns the input without the arguments that take a toolset which is not enabled. */
function withoutArguments({ input, argumentToolsets = {} }: Tool, toolsets: readonly string[]): z.ZodObject {
  const needed = (name: string) => argumentToolsets[name];
  const isPresent = (name: string) =>
    needed(name) === undefined || toolsets.some((toolset) => toolset === needed(name));
  if (Object.keys(argumentToolsets).every(isPresent)) return input;
  return z.strictObject(Object.fromEntries(Object.entries(input.shape).filter(([name]) => isPresent(name))));
}

function limitProject(input: z.ZodObject, rule: ProjectRule | undefined): z.ZodObject {
  if (!rule) return input;
  const project = z.enum(rule.allowed);
  return input.extend({ project: rule.default === undefined ? project : project.default(rule.default) });
}

function invalid(
  { name }: Tool,
  faults: readonly string[],
  code: 'project_not_allowed' | 'invalid_arguments' = 'invalid_arguments',
): CmkError {
  return new CmkError(code, `${name}: ${faults.join('; ')}.`);
}

function describe(issue: z.core.$ZodIssue, known: readonly string[], projects: readonly string[]): string {
  if (issue.code === 'unrecognized_keys') return describeUnknown(issue.keys, known);
  const name = issue.path.join('.');
  if (issue.input === undefined) return `${name} is missing`;
  if (issue.code === 'invalid_value') {
    const values = name === 'project' ? projects : issue.values;
    return `${name} must be one of ${values.join(', ')}`;
  }
  return `${name}: ${issue.message}`;
}

function describeUnknown(unknown: readonly string[], known: readonly string[]): string {
  const names = unknown.slice(0, UNKNOWN_NAMES_MAX).map((name) => JSON.stringify(sanitize(name, NAME_MAX)));
  const more = unknown.length > UNKNOWN_NAMES_MAX ? ' and more' : '';
  return `unknown argument ${names.join(', ')}${more} (it takes ${known.join(', ')})`;
}
