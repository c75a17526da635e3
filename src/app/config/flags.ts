import { invalidSetting, quote } from './invalid-setting.ts';
import { nearest } from './nearest.ts';
import { ROWS } from './settings.ts';

/** Flags that print a text instead of running a command. */
export const REQUESTS = { help: 'print this text (-h)', version: 'print the version' } as const;

/** The commands by the first word of the command line, `serve` without one, and the flags that only they have. */
export const COMMANDS = {
  serve: { takes: 0, words: '', help: 'serve MCP', flags: {} },
  call: {
    takes: 2,
    words: 'TOOL [ARGUMENTS]',
    help: 'call one tool with arguments as JSON; prints the result, exits with 1 when the call failed',
    flags: {
      table: { value: undefined, help: 'print lists and single keys as avn does' },
      wait: {
        value: undefined,
        help: 'wait for a decision on the approval page, until it is made or its time is over',
      },
    },
  },
  doctor: {
    takes: 0,
    words: '',
    help: 'check settings, API, clock, token, projects and role; exits with 1 when something is wrong',
    flags: {},
  },
  policy: {
    takes: 2,
    words: 'check FILE',
    help: 'check a policy, and explain a decision; exits with 1 when it is denied, 2 when the policy is not understood',
    flags: {
      as: { value: 'CALLER', help: 'who: subject:NAME, token:NAME or anonymous; goes with --tool and --project' },
      tool: { value: 'TOOL', help: 'what' },
      claim: { value: 'NAME=VALUE', help: 'a claim of the access token; repeatable' },
      scope: { value: 'SCOPE', help: 'a scope of the caller, all unless given; repeatable' },
    },
  },
  sandbox: {
    takes: 0,
    words: '',
    help: 'serve the sandbox as a loopback HTTP API for curl, avn or Terraform',
    flags: { port: { value: 'PORT', help: 'port to listen on; a free one unless given' } },
  },
  audit: {
    takes: Number.POSITIVE_INFINITY,
    words: 'verify FILE...',
    help: 'verify audit files, the oldest first; exits with 0 if they are whole, 1 if broken, 2 if not readable',
    flags: {
      'key-file': {
        value: 'FILE',
        help: 'key that signed the lines; as AIVEN_CMK_SIGNING_KEY_FILE unless given; repeatable',
      },
      expect: { value: 'SEQ:HASH', help: 'end of an earlier verification, which must still be there; repeatable' },
      partial: { value: undefined, help: 'older files were deleted: chains may begin in them' },
      json: { value: undefined, help: 'print the result as JSON' },
    },
  },
} as const;
/** A name of `COMMANDS`. */
export type CommandName = keyof typeof COMMANDS;

/** A parsed command line. */
export interface CommandLine {
  readonly command: CommandName;
  readonly words: readonly string[];
  /** The flags given, each with its values; one that takes none has the value `true`. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

/** Reads the command line. @throws CmkError `invalid_settings` */
export async function readFlags(argv: readonly string[]): Promise<CommandLine> {
  if (argv.length === 0) return { command: 'serve', words: [], flags: new Map() };
  const { parseArgs } = await import('node:util'); // Its import takes a millisecond, which a start without flags does not need.
  const command =
    Object.keys(COMMANDS).find((name): name is CommandName => name === argv[0] && name !== 'serve') ?? 'serve';
  const rest = command === 'serve' ? argv : argv.slice(1);
  const takesValue = new Map<string, boolean>([
    ...Object.keys(REQUESTS).map((name) => [name, false] as const),
    ...Object.entries(COMMANDS[command].flags).map(([name, { value }]) => [name, value !== undefined] as const),
    ...ROWS.flatMap(([, { flag, value }]) => (flag ? [[flag, value !== undefined] as const] : [])),
  ]);
  const names = [...takesValue.keys()].map((name) => `--${name}`);
  const known = `options are ${names.join(', ')}`;
  const options = Object.fromEntries(
    [...takesValue].map(([name, value]) => [name, { type: value ? ('string' as const) : ('boolean' as const) }]),
  );
  const args = rest.map((arg) => (arg === '-h' ? '--help' : arg));
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  const flags = new Map<string, string[]>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional' && words.length < COMMANDS[command].takes) words.push(token.value);
    else if (token.kind !== 'option')
      throw invalidSetting(
        `argument ${quote(token.kind === 'positional' ? token.value : '--')}`,
        'is not known',
        known,
      );
    else {
      const { name, rawName, value, inlineValue } = token;
      const wantsValue = takesValue.get(name);
      if (wantsValue === undefined) {
        const hint = `the nearest is ${nearest(rawName, names, (each) => each.replaceAll('-', ''))}; ${known}`;
        throw invalidSetting(`option ${quote(rawName)}`, 'is not known', hint);
      }
      if (!wantsValue && value !== undefined) throw invalidSetting(rawName, 'takes no value', `write ${rawName} alone`);
      // The parser takes the next argument, even if it is a flag.
      const missing = wantsValue && (value === undefined || (!inlineValue && value.startsWith('-')));
      if (missing) throw invalidSetting(rawName, 'lacks its value', `write ${rawName} VALUE`);
      flags.set(name, [...(flags.get(name) ?? []), value ?? 'true']);
    }
  }
  return { command, words, flags };
}
