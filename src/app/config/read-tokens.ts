import { lacksValue, REQUESTS, unknownFlag } from './command-line.ts';
import { invalidSetting } from './invalid-setting.ts';
import { ROWS } from './settings.ts';

/** The flags of settings and requests, each with whether it takes a value. */
export const COMMON_FLAGS: ReadonlyMap<string, boolean> = new Map([
  ...Object.keys(REQUESTS).map((name) => [name, false] as const),
  ...ROWS.flatMap(([, { flag, value }]) => (flag ? [[flag, value !== undefined] as const] : [])),
]);

/** What a command line holds. */
export interface Tokens {
  /** The words that are no flags, each with its place in the arguments. */
  readonly words: readonly { readonly text: string; readonly at: number }[];
  /** The flags given, each with its values; one that takes none has the value `true`. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads a command line by the flags that it may have, each with whether it takes a value. Nothing is read behind the first word
 * for which `isLast` is true.
 * @throws CmkError `invalid_settings`
 */
export async function readTokens(
  argv: readonly string[],
  takesValue: ReadonlyMap<string, boolean>,
  isLast: (word: string) => boolean = () => false,
): Promise<Tokens> {
  const { parseArgs } = await import('node:util'); // Its import takes a millisecond, which a start without flags does not need.
  const options = Object.fromEntries(
    [...takesValue].map(([name, value]) => [name, { type: value ? ('string' as const) : ('boolean' as const) }]),
  );
  const args = argv.map((arg) => (arg === '-h' ? '--help' : arg));
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  const flags = new Map<string, string[]>();
  const words: { text: string; at: number }[] = [];
  for (const token of tokens) {
    if (token.kind === 'option-terminator') throw invalidSetting('argument "--"', 'is not known', '--help lists all');
    if (token.kind === 'positional') {
      words.push({ text: token.value, at: token.index });
      if (isLast(token.value)) break;
      continue;
    }
    const { name, rawName, value, inlineValue } = token;
    const wantsValue = takesValue.get(name);
    if (wantsValue === undefined) throw await unknownFlag(rawName, [...takesValue.keys()]);
    if (!wantsValue && value !== undefined) throw invalidSetting(rawName, 'takes no value', `write ${rawName} alone`);
    // The parser takes the next argument, even if it is a flag.
    const missing = wantsValue && (value === undefined || (!inlineValue && value.startsWith('-')));
    if (missing) throw lacksValue(rawName);
    flags.set(name, [...(flags.get(name) ?? []), value ?? 'true']);
  }
  return { words, flags };
}
