import type { z } from 'zod';
import { clean } from './aiven/answer.ts';
import { CmkError } from './errors.ts';
import type { Tool } from './tool.ts';

/** An argument that one popular client adds to every call of every tool; it means nothing here. */
const FOREIGN = 'wait_for_previous';

/**
 * A call's arguments as its tool takes them: `null` for an optional one means absent, anything undeclared is refused.
 * @throws CmkError `invalid_arguments` that names every fault.
 */
export function readArguments(tool: Tool, given: unknown): Record<string, unknown> {
  const { shape } = tool.input;
  const entries = Object.entries(given ?? {}).filter(
    ([name, value]) => name !== FOREIGN && !(value === null && Object.hasOwn(shape, name)),
  );
  const parsed = tool.input.safeParse(Object.fromEntries(entries));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => describe(issue, Object.keys(shape)));
  throw new CmkError('invalid_arguments', `${tool.name}: ${faults.join('; ')}.`);
}

function describe(issue: z.core.$ZodIssue, known: string[]): string {
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.slice(0, 5).map((name) => JSON.stringify(clean(name, 60)));
    return `unknown argument ${names.join(', ')} (it takes ${known.join(', ')})`;
  }
  const name = issue.path.join('.');
  if (issue.code === 'invalid_type' && issue.input === undefined) return `${name} is missing`;
  return `${name}: ${issue.message}`;
}
