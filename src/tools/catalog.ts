import type { ToolPolicy } from '../guard/policy.ts';
import { createProjectRule, type ProjectRule } from '../guard/projects.ts';
import catalog from './catalog.json' with { type: 'json' };
import type { ToolDefinition } from './definitions.ts';
import type { JsonSchema } from './publish.ts';

/**
 * Every tool, in the order of `tools/list`. It is read from the committed file, so that the program starts and lists tools
 * without loading the tools and their zod schemas.
 */
export const TOOL_DEFINITIONS = catalog as readonly ToolDefinition[]; // TypeScript types texts of a JSON file only as string.

/** Returns the definitions of the tools that a policy allows. Limited projects are published as an enum. */
export function availableTools({ readOnly, toolsets, projects }: ToolPolicy): readonly ToolDefinition[] {
  const available = TOOL_DEFINITIONS.filter(
    ({ toolset, annotations }) => toolsets.includes(toolset) && (annotations.readOnlyHint || !readOnly),
  );
  const rule = createProjectRule(projects);
  return rule ? available.map((tool) => ({ ...tool, inputSchema: limitProject(tool.inputSchema, rule) })) : available;
}

function limitProject(schema: JsonSchema, rule: ProjectRule): JsonSchema {
  const { properties, required = [] } = schema;
  const { allowed, default: byDefault } = rule;
  const description = `Aiven project name: ${allowed.join(', ')}`;
  const project = { type: 'string', enum: [...allowed], description };
  return {
    ...schema,
    properties: { ...properties, project: byDefault === undefined ? project : { ...project, default: byDefault } },
    required: required.filter((name) => rule.required || name !== 'project'),
  };
}
