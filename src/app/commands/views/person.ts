import { commandOf, flagOf, TOOL_COMMANDS } from '../../command-line/tool-commands.ts';

/** Names of arguments that are no words of a sentence. */
const ARGUMENTS = new Set(
  Object.values(TOOL_COMMANDS).flatMap(({ tool }) =>
    Object.keys(tool.inputSchema.properties).filter((name) => name.includes('_')),
  ),
);

/** Returns a text that was written for a model with the names that a person types: commands for tools, flags for arguments. */
export function forPerson(text: string): string {
  return text
    .replace(/^aiven_cmk_\w+: /, '')
    .replace(/\baiven_cmk_[a-z_]+\b/g, (name) => `aiven-cmk-mcp ${commandOf(name)}`)
    .replace(/\b[a-z]+(?:_[a-z]+)+\b/g, (name) => (ARGUMENTS.has(name) ? `--${flagOf(name)}` : name));
}
