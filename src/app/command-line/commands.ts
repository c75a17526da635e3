import { TERRAFORM, TOOL_COMMANDS, type ToolCommand } from './tool-commands.ts';

/** A flag that only some commands have. */
export interface Flag {
  /** The name of its value in the usage; undefined for a flag without a value. */
  readonly value?: string | undefined;
  readonly help: string;
  /** Its values, for completion. */
  readonly choices?: readonly string[];
}

/** A command of the command line. */
export interface CommandSpec {
  /** The maximum number of words behind its name. */
  readonly takes: number;
  /** These words in the usage. */
  readonly words: string;
  /** What the first of these words may be, for completion. */
  readonly choices?: readonly string[];
  readonly help: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** The heading of the usage that it belongs to. */
  readonly group: string;
  /** Whether the settings of `SETTINGS_OF_COMMANDS` mean anything to it; they do unless this is false. */
  readonly takesSettings?: false;
  /** Flags and settings that it accepts and that mean nothing to it: usage and completion leave them out. */
  readonly withoutMeaning?: readonly string[];
  /** Command lines without the program's name. */
  readonly examples?: readonly string[];
  /** The tool that it calls, if it is made from one. */
  readonly tool?: ToolCommand;
}

/** The shells that completion is made for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** The settings that the usage of a command shows, in the words of one call. A command accepts all settings but those of HTTP. */
export const SETTINGS_OF_COMMANDS: Readonly<Record<string, string>> = {
  sandbox: 'use a sandbox in memory, with no token and no network',
  'sandbox-faults': 'have the sandbox fail, such as latency=200,429=0.1,lost=0.1',
  state: 'keep the sandbox in a file between calls',
  'read-only': 'refuse to change anything',
  project: 'the project; AIVEN_CMK_PROJECT unless given',
  approval: 'who is asked: auto, required, page, argument (nobody)',
};

const MORE = 'More';

/** What means nothing to a command before which nobody is ever asked. */
const OF_APPROVAL = ['yes', 'wait', 'approval'] as const;

/** Flags of every command that calls a tool. */
export const CALL_FLAGS = {
  yes: { help: 'do not ask on the terminal before a deletion or a move' },
  wait: { help: 'wait for a decision on the approval page, until it is made or its time is over' },
  verbose: { help: 'print audit lines on standard error, also on a terminal' },
} as const;

/** Every command by the word that names it, apart from those of tools. */
const OTHER_COMMANDS: Readonly<Record<string, CommandSpec>> = {
  call: {
    takes: 2,
    words: 'TOOL [ARGUMENTS]',
    group: MORE,
    choices: Object.values(TOOL_COMMANDS).map(({ tool }) => tool.name),
    help: 'call one tool with arguments as JSON, for scripts; prints its result as JSON',
    flags: { table: { help: 'print lists and single keys as avn does' }, ...CALL_FLAGS },
    examples: [`call aiven_cmk_list '{"project":"my-project"}' --table`],
  },
  doctor: {
    takes: 0,
    words: '',
    group: MORE,
    help: 'check settings, API, clock, token, projects and role; exits with 1 when something is wrong',
    flags: { json: { help: 'print the result as JSON' } },
    examples: ['doctor --project my-project'],
  },
  policy: {
    takes: 2,
    words: 'check FILE',
    choices: ['check'],
    help: 'check a policy, and explain a decision; exits with 1 when it is denied, 2 when the policy is not understood',
    group: MORE,
    flags: {
      as: {
        value: 'CALLER',
        help: 'the caller: subject:NAME, token:NAME or anonymous; goes with --tool and --project',
      },
      tool: {
        value: 'TOOL',
        help: 'the tool that is called',
        choices: Object.values(TOOL_COMMANDS).map(({ tool }) => tool.name),
      },
      project: { value: 'NAME', help: 'the project that it is called for' },
      claim: { value: 'NAME=VALUE', help: 'a claim of the access token; repeatable' },
      scope: { value: 'SCOPE', help: 'a scope of the caller, all unless given; repeatable' },
    },
    takesSettings: false,
    examples: ['policy check policy.yaml'],
  },
  sandbox: {
    takes: 0,
    words: '',
    group: MORE,
    help: 'serve the sandbox as a loopback HTTP API for curl, avn or Terraform',
    flags: { port: { value: 'PORT', help: 'port to listen on; a free one unless given' } },
    withoutMeaning: ['sandbox', 'read-only', 'project', 'approval'],
    examples: ['sandbox --port 8081 --state sandbox.json'],
  },
  audit: {
    takes: Number.POSITIVE_INFINITY,
    words: 'verify FILE...',
    choices: ['verify'],
    help: 'verify audit files, the oldest first; exits with 0 if they are whole, 1 if broken, 2 if not readable',
    group: MORE,
    flags: {
      'key-file': {
        value: 'FILE',
        help: 'key that signed the lines; as AIVEN_CMK_SIGNING_KEY_FILE unless given; repeatable',
      },
      expect: { value: 'SEQ:HASH', help: 'end of an earlier verification, which must still be there; repeatable' },
      partial: { help: 'older files were deleted: chains may begin in them' },
      json: { help: 'print the result as JSON' },
    },
    takesSettings: false,
    examples: ['audit verify audit.jsonl', 'audit verify audit.jsonl.1.gz audit.jsonl --json'],
  },
  completion: {
    takes: 1,
    words: SHELLS.join('|'),
    group: MORE,
    choices: SHELLS,
    help: 'print a script that completes commands and flags in a shell',
    takesSettings: false,
    flags: {},
    examples: ['completion bash >> ~/.bashrc', 'completion zsh >> ~/.zshrc', 'completion fish | source'],
  },
};

/** Every command by the word that names it, in the order of the usage. */
export const COMMANDS: ReadonlyMap<string, CommandSpec> = new Map([
  ...Object.entries(TOOL_COMMANDS).map(([name, tool]) => [name, toSpec(tool)] as const),
  ...Object.entries(OTHER_COMMANDS),
]);

function toSpec(tool: ToolCommand): CommandSpec {
  const { flags, word, help, group, examples } = tool;
  const own = {
    json: { help: 'print the result as JSON, as where the output is no terminal' },
    wide: { help: 'print tables whole, also where the output is no terminal' },
  };
  return {
    takes: word === undefined ? 0 : 1,
    words: word === undefined ? '' : word.toUpperCase(),
    help,
    group,
    examples,
    ...(tool.tool.annotations.destructiveHint !== true && { withoutMeaning: OF_APPROVAL }),
    flags: {
      ...flags,
      ...(tool.tool.toolset === TERRAFORM && { [TERRAFORM]: { help: 'print the configuration alone, for a file' } }),
      ...own,
      ...CALL_FLAGS,
    },
    tool,
  };
}

/** Returns the flags that only a command has, each with whether it takes a value. */
export function flagsOf({ flags, tool }: CommandSpec): readonly (readonly [flag: string, takesValue: boolean])[] {
  // A flag that is true or false is read as `--x=true`.
  return Object.entries(flags).map(([flag, { value }]) => [
    flag,
    value !== undefined || tool?.booleans.has(flag) === true,
  ]);
}
