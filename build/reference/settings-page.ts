import { groupOf, HEADINGS } from '../../src/app/command-line/setting-groups.ts';
import { PROXY_VARIABLES } from '../../src/app/config/proxies.ts';
import { ROWS, type Setting } from '../../src/app/config/settings.ts';
import { TELEMETRY_VARIABLES } from '../../src/app/config/telemetry-variables.ts';
import { TOKEN_VARIABLES } from '../../src/app/config/token.ts';
import { code, page, table, toHeading } from './markdown.ts';
import { DEFAULTS, OTHER_NAMES, SETTING_TEXTS, type SettingName } from './setting-texts.ts';

const INTRODUCTION = `# Settings

Every flag and variable of the program. \`aiven-cmk-mcp --help\` prints the same names with shorter texts, and
\`aiven-cmk-mcp help COMMAND\` the flags that only a command has.`;

const RULES = `## Rules

- A flag takes precedence over its variable. A setting without a flag is a secret's file, or one that a deployment sets once.
- A former name is still read. A variable and its former name must agree where both are set.
- **A misspelt setting stops the start**, and none is ignored: an unknown flag, an unknown \`AIVEN_CMK_*\` variable, \`AIVEN_READONLY\`,
  a value that is not accepted, or a variable that is empty. The program prints one line on standard error, which names the nearest
  flag or variable that is known, and ends with exit code 2. \`AIVEN_*\` variables of other programs are left alone, and so are
  those that Kubernetes derives from the name of a Service.
- A token in another setting or on the command line stops the start, and so does \`NODE_TLS_REJECT_UNAUTHORIZED=0\` with a real token.
  \`AIVEN_AUTH_TOKEN\`, the variable of \`avn\`, may hold the same token; it is not read.
- A placeholder that a client did not fill in, such as \`\${AIVEN_TOKEN}\`, is refused as a token.
- A file that a setting names must be a regular file that the program's user may read; \`~\` is not expanded. One that holds a secret
  and that others can read is reported at each start.

## Other variables

| variable | meaning |
|---|---|
| \`NODE_EXTRA_CA_CERTS\` | file of certificates (PEM) that Node trusts beside the public ones: a company’s own authority |
| \`NO_COLOR\` | no colours on a terminal |
| \`CI\` | where it is set there is no desktop, so no browser is opened for an approval |`;

const HEADS = ['setting', 'meaning', 'accepts', 'default'];

interface Entry {
  readonly group: string;
  readonly cells: readonly string[];
}

/** Returns the text of docs/settings.md. */
export function createSettingsPage(): string {
  const others = Object.keys({ ...TOKEN_VARIABLES, ...PROXY_VARIABLES, ...TELEMETRY_VARIABLES }) as SettingName[]; // Their own keys.
  const entries = [...ROWS.map(([name, setting]) => ofRow(name as SettingName, setting)), ...others.map(ofVariable)]; // The table's own keys.
  const titles = HEADINGS.map((heading) => `${heading[0]?.toUpperCase()}${heading.slice(1)}`);
  const groups = HEADINGS.map((heading, index) => {
    const rows = entries.filter(({ group }) => group === heading).map(({ cells }) => cells);
    return `## ${titles[index]}\n\n${table(HEADS, rows)}`;
  });
  const contents = [...titles, 'Rules', 'Other variables'].map((title) => toHeading(title)).join(' · ');
  return page([INTRODUCTION, contents, ...groups, RULES]);
}

function ofRow(name: SettingName, setting: Setting<unknown>): Entry {
  const { flag, value, variable, formerly, fallback } = setting;
  const names = [...(flag ? [`--${flag}${value ? ` ${value}` : ''}`] : []), ...(variable ? [variable] : [])];
  const former = formerly ? ` Former name: ${code(formerly)}.` : '';
  return {
    group: groupOf(flag ?? variable ?? ''),
    cells: [
      names.map(code).join('<br>'),
      `${SETTING_TEXTS[name]}${former}`,
      acceptsOf(setting),
      DEFAULTS[name] ?? defaultOf(fallback),
    ],
  };
}

/** Returns what a setting accepts; a flag that is true or false takes no value. */
function acceptsOf({ flag, value, variable, accepts }: Setting<unknown>): string {
  if (flag === undefined || value !== undefined) return accepts;
  return variable ? `the flag no value, the variable ${accepts}` : 'no value';
}

function ofVariable(name: SettingName): Entry {
  const other = OTHER_NAMES[name];
  const names = [name, ...(other ? [other] : [])];
  return { group: groupOf(name), cells: [names.map(code).join('<br>'), SETTING_TEXTS[name], '', ''] };
}

function defaultOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return code(String(value));
  if (Array.isArray(value) && value.length > 0) return code(value.join(','));
  return value === false ? 'off' : '';
}
