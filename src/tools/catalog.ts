import type { AccessCaller, AccessPolicy } from '../guard/access-policy/access-policy.ts';
import type { ToolPolicy } from '../guard/policy.ts';
import { createProjectRule, type ProjectRule } from '../guard/projects.ts';
import { operationOf, scopeOf } from '../guard/scopes.ts';
import catalog from './catalog.json' with { type: 'json' };
import type { ToolDefinition } from './definitions.ts';
import type { JsonSchema } from './publish.ts';

/**
 * Every tool, in the order of `tools/list`. It is read from the committed file, so that the program starts and lists tools
 * without loading the tools and their zod schemas.
 */
export const TOOL_DEFINITIONS = catalog as readonly ToolDefinition[]; // TypeScript types texts of a JSON file only as string.

/** Whom tools are shown to, and the policy about who may do what; without one, scopes alone decide. */
export interface Viewer {
  readonly caller: AccessCaller;
  readonly policy?: AccessPolicy | undefined;
}

/**
 * Returns the definitions of the tools that this server has, or of those that a caller may use in some project, with the
 * arguments that its toolsets have. Limited projects are published as an enum.
 */
export function availableTools(
  { readOnly, toolsets, projects }: ToolPolicy,
  viewer?: Viewer,
): readonly ToolDefinition[] {
  const available = TOOL_DEFINITIONS.filter(
    ({ toolset, annotations }) => toolsets.includes(toolset) && (annotations.readOnlyHint || !readOnly),
  ).map((tool) => withoutArguments(tool, toolsets));
  const visible = viewer ? available.filter((tool) => isVisible(tool, projects, viewer)) : available;
  const rule = createProjectRule(projects);
  if (!rule) return visible;
  return visible.map((tool) => {
    const allowed = viewer ? allowedProjects(tool, projects, viewer) : rule.allowed;
    return { ...tool, inputSchema: limitProject(tool.inputSchema, rule, allowed) };
  });
}

/** Returns those of some projects in which a caller may use a tool. */
export function allowedProjects(
  tool: ToolDefinition,
  projects: readonly string[],
  { caller, policy }: Viewer,
): readonly string[] {
  if (!policy) return projects;
  const request = { caller, tool: tool.name, operation: operationOf(tool) };
  return projects.filter((project) => policy.decide({ ...request, project }).effect === 'allow');
}

function isVisible(tool: ToolDefinition, projects: readonly string[], viewer: Viewer): boolean {
  const { caller, policy } = viewer;
  if (caller.scopes && !caller.scopes.includes(scopeOf(tool))) return false;
  if (!policy) return true;
  if (projects.length > 0) return allowedProjects(tool, projects, viewer).length > 0;
  return policy.decide({ caller, tool: tool.name, operation: operationOf(tool) }).effect === 'allow';
}

/** Returns why a tool is not available to a caller, in words for people. */
export function whyUnavailable(name: string, { readOnly, toolsets }: ToolPolicy, { policy }: Viewer): string {
  const tool = TOOL_DEFINITIONS.find((each) => each.name === name);
  if (!tool) return 'there is no such tool';
  if (!toolsets.includes(tool.toolset)) return `it takes --toolsets ${[...toolsets, tool.toolset].join(',')}`;
  if (readOnly && !tool.annotations.readOnlyHint) return 'it is read-only';
  return policy ? 'its policy does not allow it to this caller' : `it takes the scope ${scopeOf(tool)}`;
}

/** Returns a definition without the arguments that take a toolset which is not enabled. */
function withoutArguments(
  { argumentToolsets = {}, ...tool }: ToolDefinition,
  toolsets: readonly string[],
): ToolDefinition {
  const { inputSchema } = tool;
  const properties = Object.entries(inputSchema.properties).filter(([name]) => {
    const needed = argumentToolsets[name];
    return needed === undefined || toolsets.includes(needed);
  });
  if (properties.length === Object.keys(inputSchema.properties).length) return tool;
  return { ...tool, inputSchema: { ...inputSchema, properties: Object.fromEntries(properties) } };
}

function limitProject(schema: JsonSchema, rule: ProjectRule, allowed: readonly string[]): JsonSchema {
  const { properties, required = [] } = schema;
  const { default: byDefault } = rule;
  const description = `Aiven project name: ${allowed.join(', ')}`;
  const project = { type: 'string', enum: [...allowed], description };
  return {
    ...schema,
    properties: { ...properties, project: byDefault === undefined ? project : { ...project, default: byDefault } },
    required: required.filter((name) => rule.required || name !== 'project'),
  };
}
