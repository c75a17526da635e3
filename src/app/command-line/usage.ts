import { wrap } from '../commands/views/text.ts';
import { REQUESTS } from '../config/command-line.ts';
import { PROXY_VARIABLES } from '../config/proxies.ts';
import { ROWS } from '../config/settings.ts';
import { TELEMETRY_VARIABLES } from '../config/telemetry-variables.ts';
import { TOKEN_VARIABLES } from '../config/token.ts';
import { COMMANDS, type CommandSpec, SETTINGS_OF_COMMANDS } from './commands.ts';
import { groupOf, HEADINGS } from './setting-groups.ts';

/** Maximum width of a line, in columns. */
const WIDTH_MAX = 80;

/** Minimum width of a line, in columns. */
const WIDTH_MIN = 40;

/** Minimum width of the texts beside names, in columns; where there is less, they stand below. */
const TEXT_MIN = 30;

const [INDENT, GAP] = ['  ', '  '];

const NAME = 'aiven-cmk-mcp';

const ABOUT =
  'Aiven customer managed keys (CMK), for AI agents and from a shell. Without a command it serves MCP, over stdio unless --http is given.';

/** Examples for the program as a whole, without its name. */
const EXAMPLES = ['--sandbox', 'list --project my-project', 'delete CMK_ID --project my-project', 'help delete'];

/** A name and what it means. */
type Row = readonly [name: string, text: string];

const HELP_ROW: Row = ['--help, -h', REQUESTS.help];

/** Returns the text of `--help`: of a command, or of the program if `topic` is none. Lines are at most 80 columns wide. */
export function usage(topic?: string, columns = WIDTH_MAX): string {
  const page = new Page(Math.max(WIDTH_MIN, Math.min(WIDTH_MAX, columns)));
  const spec = COMMANDS.get(topic ?? '');
  return topic !== undefined && spec ? describeCommand(topic, spec, page) : describeProgram(page);
}

function describeCommand(name: string, spec: CommandSpec, page: Page): string {
  const { words, help, flags, examples = [], tool, withoutMeaning = [] } = spec;
  const shown = Object.entries(flags).filter(([flag]) => !withoutMeaning.includes(flag));
  const own = shown.map(([flag, { value, help: text }]): Row => {
    const isRequired = tool?.tool.inputSchema.required?.some((each) => each.replaceAll('_', '-') === flag);
    const values = value ?? (tool?.booleans.has(flag) && isRequired ? '[true|false]' : undefined);
    return [`--${flag}${values ? ` ${values}` : ''}`, text];
  });
  const common = ROWS.flatMap(([, { flag, value }]): Row[] => {
    const text = SETTINGS_OF_COMMANDS[flag ?? ''];
    return flag && text && !(flag in flags) && !withoutMeaning.includes(flag)
      ? [[`--${flag}${value ? ` ${value}` : ''}`, text]]
      : [];
  });
  return page.join([
    page.text(`Usage: ${[NAME, name, words, '[options]'].filter(Boolean).join(' ')}`),
    page.text(`${help[0]?.toUpperCase()}${help.slice(1)}.`),
    page.list('Options', own),
    page.list('Common options', spec.takesSettings === false ? [HELP_ROW] : [...common, HELP_ROW]),
    page.examples(examples),
  ]);
}

function describeProgram(page: Page): string {
  const groups = [...new Set([...COMMANDS.values()].map(({ group }) => group))];
  const commands = groups.map((group) => {
    const own = [...COMMANDS].filter(([, spec]) => spec.group === group);
    return page.list(
      group,
      own.map(([name, { words, help }]): Row => [`${name} ${words}`.trimEnd(), help]),
    );
  });
  const flags = ROWS.flatMap(([, { flag, value, help }]) =>
    flag ? [{ heading: groupOf(flag), row: [`--${flag}${value ? ` ${value}` : ''}`, help] as const }] : [],
  );
  const requests: Row[] = [HELP_ROW, ['--version', REQUESTS.version]];
  return page.join([
    page.text(`Usage: ${NAME} [COMMAND] [options]`),
    page.text(ABOUT),
    page.examples(EXAMPLES),
    ...commands,
    ...page.lists('Options, ', flags),
    page.list('Options, help', requests),
    ...page.lists('Variables, ', variables()),
  ]);
}

function variables(): { heading: string; row: Row }[] {
  const settings = ROWS.flatMap(([, { variable, formerly, flag, help, fallback }]): Row[] => {
    if (!variable) return [];
    const meaning = flag ? `as --${flag}` : `${help}${fallback ? `; default ${fallback}` : ''}`;
    return [[variable, formerly ? `${meaning}; ${formerly} is the same` : meaning]];
  });
  const rows: Row[] = [
    ...Object.entries(TOKEN_VARIABLES),
    ...settings,
    ...Object.entries(PROXY_VARIABLES),
    ...Object.entries(TELEMETRY_VARIABLES),
  ];
  return rows.map((row) => ({ heading: groupOf(row[0]), row }));
}

/** Lays the parts of a usage out in lines of at most a width. */
class Page {
  readonly #width: number;

  constructor(width: number) {
    this.#width = width;
  }

  text(text: string): string {
    return wrap(text, this.#width);
  }

  /** Returns rows below a heading, their texts in a column that all `names` leave room for; empty if there are no rows. */
  list(heading: string, rows: readonly Row[], names: readonly string[] = rows.map(([name]) => name)): string {
    const indent = ' '.repeat(INDENT.length + Math.max(0, ...names.map((name) => name.length)) + GAP.length);
    const lines = rows.map(([name, text]) => {
      if (indent.length + TEXT_MIN > this.#width)
        return `${INDENT}${name}\n${wrap(text, this.#width, INDENT + GAP + GAP)}`;
      return `${INDENT}${name.padEnd(indent.length - INDENT.length)}${wrap(text, this.#width, indent).trimStart()}`;
    });
    return rows.length > 0 ? [`${heading}:`, ...lines].join('\n') : '';
  }

  /** Returns a list for each heading of the settings, with all names in one column. */
  lists(before: string, rows: readonly { readonly heading: string; readonly row: Row }[]): string[] {
    const names = rows.map(({ row: [name] }) => name);
    return HEADINGS.map((title) => {
      const own = rows.filter(({ heading }) => heading === title).map(({ row }) => row);
      return this.list(`${before}${title}`, own, names);
    });
  }

  examples(examples: readonly string[]): string {
    return examples.length > 0 ? ['Examples:', ...examples.map((each) => `  ${NAME} ${each}`)].join('\n') : '';
  }

  join(parts: readonly string[]): string {
    return parts.filter(Boolean).join('\n\n');
  }
}
