import { TOOL_DEFINITIONS } from '../../tools/catalog.ts';
import type { ToolDefinition } from '../../tools/definitions.ts';

/** An argument of a tool, as its published schema describes it. */
interface Argument {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
}

/** The command of a tool. */
export interface ToolCommand {
  readonly tool: ToolDefinition;
  readonly help: string;
  readonly group: string;
  readonly examples: readonly string[];
  /** The argument that may be given as a word instead of a flag, if there is one. */
  readonly word: string | undefined;
  /** The flags of its arguments by name; `project` is a setting of the program. */
  readonly flags: Readonly<
    Record<string, { readonly value?: string; readonly help: string; readonly choices?: readonly string[] }>
  >;
  /** The names of flags that are true or false. */
  readonly booleans: ReadonlySet<string>;
}

/** What people call a tool, where it is not the tool's own name. */
const NAMES: Readonly<Record<string, string>> = { aiven_cmk_access_check: 'check-access' };

const GROUPS: Readonly<Record<string, string>> = { cmk: 'Keys', services: 'Services', terraform: 'Keys' };

/** The flag with which `export` prints the configuration alone. */
export const TERRAFORM = 'terraform';

/** What a command does, for a person; others are described by the title of their tool. */
const HELP: Readonly<Record<string, string>> = {
  accessors: 'show whom to grant access to a key in each cloud, with the commands that do it',
  create: 'register a key of a KMS in a project',
  list: 'list the keys of a project',
  get: 'show a key, on request with the services that use it',
  update: 'make a key the default for new services, or stop it being so',
  delete: 'delete a key that no service uses; asks you to type its id',
  services: 'list the services that use a key, or are moving to or from it',
  'check-access': 'have Aiven check whether it can use a key',
  assign: 'move a service to another key; asks you to type its name',
  export: 'print the keys of a project as Terraform configuration, with import blocks',
};

/** Arguments without a flag: the project is a setting of the program, and a command prints a list whole. */
const NO_FLAGS: ReadonlySet<string> = new Set(['project', 'cursor']);

/** What a flag means, where the tool's own description is written for a model. */
const FLAG_HELP: Readonly<Record<string, string>> = {
  cloud: 'only this cloud',
  status: 'only keys with this status',
  provider: 'only keys of this cloud',
  default_only: 'only the default key',
  include_services: 'add the services that use a key',
  include_events: "add the entries of Aiven's event log that name it",
  default_cmk: 'use the key for new services',
  dry_run: 'only show what would be done',
  confirm_cmk_id: 'the same id again, where nobody is asked',
  aiven_managed: 'move to a key that Aiven manages',
};

/** As `FLAG_HELP`, for a flag of one command. */
const FLAG_HELP_OF: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  create: { provider: 'cloud of the KMS' },
  assign: { cmk_id: 'id of the key to move to; or give --aiven-managed' },
};

/** Command lines for the help of a command. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  create: ['create --provider aws --resource KEY_ARN --project my-project'],
  list: ['list --project my-project', 'list --sandbox --wide', "list --project my-project | jq '.cmks[].id'"],
  get: ['get 11111111-1111-4111-8111-111111111111 --sandbox'],
  update: ['update CMK_ID --default-cmk --project my-project', 'update CMK_ID --no-default-cmk --project my-project'],
  delete: ['delete CMK_ID --project my-project', 'delete CMK_ID --confirm-cmk-id CMK_ID --yes --project my-project'],
  export: ['export --terraform --project my-project > cmks.tf'],
  services: ['services CMK_ID --project my-project'],
  'check-access': ['check-access CMK_ID --project my-project'],
  assign: [
    'assign my-service --cmk-id CMK_ID --project my-project',
    'assign my-service --aiven-managed --project my-project',
  ],
};

/** The commands of all tools by name, in the order of `tools/list`. */
export const TOOL_COMMANDS: Readonly<Record<string, ToolCommand>> = Object.fromEntries(
  TOOL_DEFINITIONS.map((tool) => [commandOf(tool.name), toCommand(tool)]),
);

/** Returns the word that calls a tool. */
export function commandOf(tool: string): string {
  return NAMES[tool] ?? tool.replace(/^aiven_cmk_/, '').replaceAll('_', '-');
}

/** Returns the flag of an argument. */
export function flagOf(argument: string): string {
  return argument.replaceAll('_', '-');
}

function toCommand(tool: ToolDefinition): ToolCommand {
  const { properties, required = [] } = tool.inputSchema;
  const named = Object.entries(properties as Readonly<Record<string, Argument>>).filter(
    ([name]) => !NO_FLAGS.has(name),
  );
  const isNeeded = (name: string) => required.includes(name) && !name.startsWith('confirm_');
  const words = named.filter(([name, { type }]) => isNeeded(name) && type !== 'boolean');
  const word = words.length === 1 ? words[0]?.[0] : undefined;
  const command = commandOf(tool.name);
  const flags = named.map(([name, argument]) => {
    const own = FLAG_HELP_OF[command]?.[name] ?? FLAG_HELP[name] ?? argument.description ?? '';
    const help = name === word ? `the same as ${name.toUpperCase()}` : `${own}${isNeeded(name) ? ' (required)' : ''}`;
    return [flagOf(name), toFlag(name, argument, help)] as const;
  });
  return {
    tool,
    help: HELP[command] ?? tool.title,
    group: GROUPS[tool.toolset] ?? 'More',
    examples: EXAMPLES[command] ?? [`${command} --project my-project`],
    word,
    flags: Object.fromEntries(flags),
    booleans: new Set(named.flatMap(([name, { type }]) => (type === 'boolean' ? [flagOf(name)] : []))),
  };
}

function toFlag(name: string, { type, enum: choices }: Argument, help: string) {
  if (type === 'boolean') return { help };
  const value = choices ? choices.join('|') : /(?:^|_)id$/.test(name) ? 'ID' : name.toUpperCase();
  return { value, help, ...(choices && { choices }) };
}
