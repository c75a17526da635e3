import type { CmkError } from '../../core/errors.ts';
import type { CommandLine } from '../config/command-line.ts';
import { invalidSetting, quote } from '../config/invalid-setting.ts';
import { suggestion } from '../config/nearest.ts';
import { COMMON_FLAGS, readTokens } from '../config/read-tokens.ts';
import { COMMANDS, flagsOf } from './commands.ts';
import { joinBooleans, readToolCall } from './tool-call.ts';

/** The command that shells run for completion: `complete -- WORDS`. */
const COMPLETE = 'complete';

/** Reads a command line whose command is `name`. @throws CmkError `invalid_settings` */
export async function parseCommand(name: string, rest: readonly string[]): Promise<CommandLine> {
  if (name === COMPLETE) return { command: 'completion', words: [name, ...rest], flags: new Map() };
  if (name === 'help') return readHelp(rest);
  const spec = COMMANDS.get(name);
  if (!spec) throw unknownCommand(name);
  const { tool, takes } = spec;
  const known = new Map([...COMMON_FLAGS, ...flagsOf(spec)]);
  const { words: given, flags } = await readTokens(joinBooleans(rest, tool?.booleans), known);
  const words = given.map(({ text }) => text);
  const extra = words[takes];
  if (extra !== undefined) {
    throw invalidSetting(`argument ${quote(extra)}`, 'is not known', `${name} takes ${spec.words || 'no argument'}`);
  }
  if (flags.has('help')) return { command: 'help', words: [name], flags };
  if (!tool || flags.has('version')) return { command: name, words, flags };
  return { command: 'tool', words, flags, tool: readToolCall(name, tool, words, flags) };
}

function readHelp([topic, ...more]: readonly string[]): CommandLine {
  const flags = new Map([['help', ['true']]]);
  if (more.length > 0) throw invalidSetting('help', 'is given more than one command', 'write help COMMAND');
  if (topic === undefined || topic.startsWith('-')) return { command: 'help', words: [], flags };
  if (!COMMANDS.has(topic)) throw unknownCommand(topic);
  return { command: 'help', words: [topic], flags };
}

function unknownCommand(name: string): CmkError {
  const list = 'without a command the program serves MCP; --help lists all';
  return invalidSetting(
    `command ${quote(name)}`,
    'is not known',
    suggestion(name, ['help', ...COMMANDS.keys()], undefined, list),
  );
}
