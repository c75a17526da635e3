import type { CommandLine } from '../config/command-line.ts';
import { invalidSetting, quote } from '../config/invalid-setting.ts';
import { flagOf, type ToolCommand } from './tool-commands.ts';

const BOOLEANS = new Map([
  ['true', true],
  ['yes', true],
  ['false', false],
  ['no', false],
]);

type Flags = ReadonlyMap<string, readonly string[]>;

/**
 * Returns the call of a tool that words and flags describe. `project` is left to the settings.
 * @throws CmkError `invalid_settings` for a flag that is missing, repeated or of another type.
 */
export function readToolCall(
  command: string,
  { tool, word }: ToolCommand,
  words: readonly string[],
  flags: Flags,
): NonNullable<CommandLine['tool']> {
  const { properties, required = [] } = tool.inputSchema;
  const args: Record<string, unknown> = {};
  for (const [name, { type }] of Object.entries(properties)) {
    if (name === 'project') continue;
    const text = textOf(name, flags, name === word ? words[0] : undefined);
    if (text !== undefined) args[name] = convert(name, String(type), text);
    else if (required.includes(name) && !name.startsWith('confirm_')) throw missing(command, name, name === word);
  }
  return { command, name: tool.name, args };
}

/** Joins flags that are true or false with their value: `--x`, `--x no` and `--no-x` become `--x=true` or `--x=false`. */
export function joinBooleans(argv: readonly string[], booleans: ReadonlySet<string> = new Set()): string[] {
  const joined: string[] = [];
  const rest = [...argv];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') return [...joined, arg, ...rest];
    const negated = arg.startsWith('--no-') && booleans.has(arg.slice('--no-'.length));
    if (negated) joined.push(`--${arg.slice('--no-'.length)}=false`);
    else if (booleans.has(arg.slice(2)) && arg.startsWith('--'))
      joined.push(`${arg}=${BOOLEANS.has(rest[0] ?? '') ? rest.shift() : 'true'}`);
    else joined.push(arg);
  }
  return joined;
}

function textOf(name: string, flags: Flags, word: string | undefined): string | undefined {
  const flag = `--${flagOf(name)}`;
  const given = [...(flags.get(flagOf(name)) ?? []), ...(word === undefined ? [] : [word])];
  if (new Set(given).size > 1) throw invalidSetting(flag, 'is given more than once', 'give it once');
  return given[0];
}

function convert(name: string, type: string, text: string): unknown {
  const flag = `--${flagOf(name)}`;
  if (type === 'boolean') {
    const value = BOOLEANS.get(text);
    if (value === undefined) throw invalidSetting(flag, `is ${quote(text)}`, 'it takes true or false');
    return value;
  }
  if (type === 'integer' || type === 'number') {
    if (!/^\d{1,9}$/.test(text)) throw invalidSetting(flag, `is ${quote(text)}`, 'it takes a whole number');
    return Number(text);
  }
  return type === 'array' ? text.split(',').map((each) => each.trim()) : text;
}

function missing(command: string, name: string, isWord: boolean) {
  const flag = `--${flagOf(name)}`;
  const how = isWord ? `${command} ${name.toUpperCase()}` : `${command} ${flag}`;
  return invalidSetting(isWord ? name.toUpperCase() : flag, 'is missing', `write ${how}; ${command} --help shows how`);
}
