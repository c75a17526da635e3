import { scopeOf } from '../../src/guard/scopes.ts';
import { TOOL_DEFINITIONS } from '../../src/tools/catalog.ts';
import type { ToolDefinition } from '../../src/tools/definitions.ts';
import { code, jsonBlock, page, table, toHeading } from './markdown.ts';
import { playExample } from './play-example.ts';
import { openSandboxSession, type SandboxSession } from './sandbox-session.ts';

/** The members of a JSON Schema that the page shows. */
interface Field {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

const INTRODUCTION = `# Tools, prompts and resources

Tool \`aiven_cmk_X\` is what \`avn project cmks X\` is. Which tools a client sees is decided by the toolsets
([\`--toolsets\`](settings.md#limits-of-what-agents-may-do)), \`--read-only\`, the scopes of a caller over HTTP, and the
[policy](policy.md). Where \`--project\` names one project, the argument \`project\` may be left out.

A success is the API's own JSON object, as structured content and as text. A failure is \`isError: true\` with an
[error](errors.md). With \`dry_run\`, everything is checked and read, nothing is written and nobody is asked; the result is \`plan\`.
The examples are calls of a new sandbox (\`--sandbox\`); long lists in them show their first entry. Ids and times of new objects vary.`;

/** Resolves with the text of docs/tools.md. */
export async function createToolsPage(): Promise<string> {
  const session = await openSandboxSession();
  try {
    return page([
      INTRODUCTION,
      table(
        ['tool', 'does', 'toolset', 'scope'],
        TOOL_DEFINITIONS.map((tool) => [toHeading(tool.name), tool.title, code(tool.toolset), code(scopeOf(tool))]),
      ),
      `Below the tools: ${toHeading('Prompts')}, ${toHeading('Resources')}.`,
      ...(await Promise.all(TOOL_DEFINITIONS.map(describeTool))),
      await describePrompts(session),
      await describeResources(session),
    ]);
  } finally {
    await session.close();
  }
}

async function describeTool(tool: ToolDefinition): Promise<string> {
  const { name, title, description, inputSchema, outputSchema, argumentToolsets = {}, toolset } = tool;
  const properties = Object.entries(inputSchema.properties as Readonly<Record<string, Field>>);
  const args = properties.map(([argument, field]) => {
    const further = argumentToolsets[argument];
    const meaning = `${field.description ?? ''}${further ? `; takes the toolset \`${further}\`` : ''}`;
    return [code(argument), typeOf(field), defaultOf(field, inputSchema.required?.includes(argument)), meaning];
  });
  const results = Object.entries(outputSchema.properties as Readonly<Record<string, Field>>)
    .filter(([member]) => member !== 'error')
    .map(([member, field]) => `${code(member)}${field.description ? ` (${field.description})` : ''}`);
  return [
    `## ${name}`,
    `**${title}.** ${description}`,
    `Toolset ${code(toolset)}, scope ${code(scopeOf(tool))}; ${hintsOf(tool)}.`,
    table(['argument', 'type', 'default', 'meaning'], args),
    `Result: ${results.join(', ')}.`,
    await playExample(name),
  ].join('\n\n');
}

function hintsOf({ annotations }: ToolDefinition): string {
  const { readOnlyHint, destructiveHint, idempotentHint } = annotations;
  if (readOnlyHint) return 'it reads only (`readOnlyHint`)';
  const repeated = idempotentHint ? 'a second call changes nothing more' : 'a second call is not the same';
  const effect = destructiveHint ? 'it removes or replaces something (`destructiveHint`)' : 'it adds or sets something';
  return `${effect}, and ${repeated} (\`idempotentHint: ${idempotentHint}\`)`;
}

function typeOf({ type = 'any', enum: values, minLength, maxLength, minimum, maximum }: Field): string {
  if (values) return values.map(code).join(', ');
  if (maxLength !== undefined) return `${type}, ${minLength ?? 0} to ${maxLength} characters`;
  if (minimum !== undefined || maximum !== undefined) return `${type}, ${minimum ?? ''} to ${maximum ?? ''}`;
  return type;
}

function defaultOf({ default: value }: Field, isRequired = false): string {
  if (value !== undefined) return code(JSON.stringify(value));
  return isRequired ? 'required' : 'not set';
}

async function describePrompts({ client }: SandboxSession): Promise<string> {
  const { prompts } = await client.listPrompts();
  const rows = prompts.map(({ name, description = '', arguments: args = [] }) => [
    code(name),
    description,
    args.map((arg) => `${code(`${arg.name}${arg.required ? '' : '?'}`)}: ${arg.description ?? ''}`).join('; '),
  ]);
  const about = 'Runbooks over the tools that the server offers in its mode; a step whose tool is missing says so.';
  return ['## Prompts', about, table(['prompt', 'does', 'arguments'], rows)].join('\n\n');
}

async function describeResources({ client }: SandboxSession): Promise<string> {
  const { resources } = await client.listResources();
  const about =
    'A `ui://` resource is a view of a host with MCP Apps (`io.modelcontextprotocol/ui`), which shows the results of a tool in a chat; it calls no tool. It is listed for such hosts alone.';
  const parts = ['## Resources', about];
  for (const { uri, title = '', description = '', mimeType = '' } of resources) {
    parts.push(`${code(uri)}: ${title}. ${description}, as ${code(mimeType)}.`);
    const [content] = (await client.readResource({ uri })).contents;
    if (mimeType === 'application/json' && content && 'text' in content)
      parts.push(jsonBlock(JSON.parse(content.text)));
  }
  return parts.join('\n\n');
}
