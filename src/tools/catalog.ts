import type { ToolPolicy } from '../guard/policy.ts';
import { TOOL_DEFINITIONS, type ToolDefinition } from './definitions.ts';
import type { JsonSchema } from './publish.ts';

/** The tools that exist within these limits; a project that is limited is published as what it may be. */
export function availableTools({ readOnly, toolsets, projects }: ToolPolicy): readonly ToolDefinition[] {
  const offered = TOOL_DEFINITIONS.filter(
    ({ toolset, annotations }) => toolsets.includes(toolset) && (annotations.readOnlyHint || !readOnly),
  );
  return projects.length === 0
    ? offered
    : offered.map((tool) => ({ ...tool, inputSchema: limitProject(tool.inputSchema, projects) }));
}

/** As `readArguments` takes it: one of these, and where there is but one, optional. */
function limitProject(schema: JsonSchema, projects: readonly string[]): JsonSchema {
  const { properties, required = [] } = schema;
  const [first = '', ...more] = projects;
  const project = { type: 'string', enum: [...projects], description: `Aiven project name: ${projects.join(', ')}` };
  if (more.length > 0) return { ...schema, properties: { ...properties, project } };
  return {
    ...schema,
    properties: { ...properties, project: { ...project, default: first } },
    required: required.filter((name) => name !== 'project'),
  };
}
