import { REQUESTS } from '../config/command-line.ts';
import { ROWS } from '../config/settings.ts';
import { COMMANDS, SETTINGS_OF_COMMANDS } from './commands.ts';

/** What may come next on a command line. */
export interface Candidate {
  readonly value: string;
  /** One line for a person; empty if the value says all. */
  readonly help: string;
}

/** A flag that may come next. */
interface KnownFlag extends Candidate {
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/**
 * Returns what may stand in the place of the last word, which may be empty or half typed; empty where a path or a free text goes.
 * Bash gives the `=` of a flag as a word of its own, which counts for nothing.
 */
export function candidatesFor(words: readonly string[]): readonly Candidate[] {
  const typed = words.at(-1) === '=' ? '' : (words.at(-1) ?? '');
  const before = words.slice(0, -1).filter((word) => word !== '=');
  const command = before.find((word) => COMMANDS.has(word) || word === 'help');
  const flags = flagsAfter(command);
  const [name, start] = /^(--[a-z-]+)=(.*)$/s.exec(typed)?.slice(1) ?? [];
  if (name !== undefined) {
    const values = flags.find(({ value }) => value === name)?.choices ?? [];
    return startingWith(start ?? '', values).map((value) => ({ value: `${name}=${value}`, help: '' }));
  }
  const last = flags.find(({ value }) => value === before.at(-1));
  if (last?.takesValue) return startingWith(typed, last.choices).map((value) => ({ value, help: '' }));
  const things = typed.startsWith('-') ? [] : wordsOf(command, before);
  const all = things.length > 0 ? things : flags.filter(({ value }) => !before.includes(value));
  return all.filter(({ value }) => value.startsWith(typed)).map(({ value, help }) => ({ value, help }));
}

/** Returns the commands, or the words that a command takes and does not have yet. */
function wordsOf(command: string | undefined, before: readonly string[]): readonly Candidate[] {
  const names = [...COMMANDS].map(([value, { help }]) => ({ value, help }));
  if (command === undefined) return [...names, { value: 'help', help: 'print what a command takes' }];
  const isLast = before.at(-1) === command;
  if (command === 'help') return isLast ? names : [];
  const { choices = [] } = COMMANDS.get(command) ?? {};
  return isLast ? choices.map((value) => ({ value, help: '' })) : [];
}

/** Returns the flags of a command, and of settings: all without a command, else those that the usage of commands shows. */
function flagsAfter(command: string | undefined): readonly KnownFlag[] {
  const spec = COMMANDS.get(command ?? '');
  const { withoutMeaning = [] } = spec ?? {};
  const own = Object.entries(spec?.flags ?? {}).map(([flag, { value, help, choices = [] }]) => ({
    value: `--${flag}`,
    help,
    takesValue: value !== undefined,
    choices,
  }));
  const settings = ROWS.flatMap(([, { flag = '', value, help }]) => {
    const text = spec ? SETTINGS_OF_COMMANDS[flag] : help;
    if (flag === '' || text === undefined || spec?.takesSettings === false) return [];
    return [{ value: `--${flag}`, help: text, takesValue: value !== undefined, choices: [] }];
  });
  const requests = Object.entries(REQUESTS).map(([flag, help]) => ({ value: `--${flag}`, help, ...NO_VALUE }));
  const shown = [...own, ...settings].filter(({ value }) => !withoutMeaning.includes(value.slice(2)));
  return [...shown, ...requests.filter(({ value }) => !spec || value === '--help')];
}

const NO_VALUE = { takesValue: false, choices: [] } as const;

function startingWith(start: string, values: readonly string[]): readonly string[] {
  return values.filter((value) => value.startsWith(start));
}
