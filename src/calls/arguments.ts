import * as z from 'zod';
import { CmkError } from '../core/errors.ts';
import { sanitize } from '../core/sanitize.ts';
import type { Tool } from '../tools/tool.ts';

/** An argument that one popular client adds to every call of every tool; it means nothing here. */
const FOREIGN = 'wait_for_previous';

/**
 * A call's arguments as its tool takes them: `null` for an optional one means absent, anything undeclared is refused. Where
 * projects are limited, any other is refused, and one alone is the default.
 * @throws CmkError `invalid_arguments` that names every fault; `project_not_allowed`.
 */
export function readArguments(tool: Tool, given: unknown, projects: readonly string[]): Record<string, unknown> {
  const input = limitProject(tool.input, projects);
  const { shape } = input;
  const entries = Object.entries(given ?? {}).filter(
    ([name, value]) => name !== FOREIGN && !(value === null && Object.hasOwn(shape, name)),
  );
  const parsed = input.safeParse(Object.fromEntries(entries), { reportInput: true });
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const faults = issues.map((issue) => describe(issue, Object.keys(shape)));
  // Only a limited project has a list of values to differ from.
  const foreign = issues.some(
    ({ code, path, input }) => code === 'invalid_value' && path[0] === 'project' && input !== undefined,
  );
  throw new CmkError(foreign ? 'project_not_allowed' : 'invalid_arguments', `${tool.name}: ${faults.join('; ')}.`);
}

function limitProject(input: z.ZodObject, projects: readonly string[]): z.ZodObject {
  const [first, ...more] = projects;
  if (first === undefined) return input;
  const allowed = z.enum(projects);
  return input.extend({ project: more.length > 0 ? allowed : allowed.default(first) });
}

function describe(issue: z.core.$ZodIssue, known: string[]): string {
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.slice(0, 5).map((name) => JSON.stringify(sanitize(name, 60)));
    return `unknown argument ${names.join(', ')} (it takes ${known.join(', ')})`;
  }
  const name = issue.path.join('.');
  if (issue.input === undefined) return `${name} is missing`;
  if (issue.code === 'invalid_value') return `${name} must be one of ${issue.values.join(', ')}`;
  return `${name}: ${issue.message}`;
}
