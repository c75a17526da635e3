import type { CommandLine } from './command-line.ts';
import { COMMON_FLAGS, readTokens } from './read-tokens.ts';

/** Reads the command line. What knows the commands is loaded only if there is one. @throws CmkError `invalid_settings` */
export async function readFlags(argv: readonly string[]): Promise<CommandLine> {
  if (argv.length === 0) return { command: 'serve', words: [], flags: new Map() };
  // The first word is the command, and says which flags there are: those behind it are read there.
  const { words, flags } = await readTokens(argv, COMMON_FLAGS, () => true);
  const [command] = words;
  if (!command) return { command: 'serve', words: [], flags };
  const { parseCommand } = await import('../command-line/parse.ts');
  return parseCommand(command.text, argv.toSpliced(command.at, 1));
}
