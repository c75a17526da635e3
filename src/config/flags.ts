import { parseArgs } from 'node:util';
import { quote, refuse } from './refusal.ts';
import { ROWS } from './settings.ts';

/** Flags that ask for something else than to serve. */
export const REQUESTS = { help: 'print this text (-h)', version: 'print the version' } as const;

/**
 * The flags given, each with its values; one that takes none has the value `true`.
 * @throws CmkError `invalid_settings`
 */
export function readFlags(argv: readonly string[]): Map<string, string[]> {
  const takesValue = new Map([
    ...Object.keys(REQUESTS).map((name) => [name, false] as const),
    ...ROWS.flatMap(([, { flag, value }]) => (flag ? [[flag, value !== undefined] as const] : [])),
  ]);
  const known = `options are ${[...takesValue.keys()].map((name) => `--${name}`).join(', ')}`;
  const options = Object.fromEntries(
    [...takesValue].map(([name, value]) => [name, { type: value ? ('string' as const) : ('boolean' as const) }]),
  );
  const args = argv.map((arg) => (arg === '-h' ? '--help' : arg));
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option')
      throw refuse(`argument ${quote(token.kind === 'positional' ? token.value : '--')}`, 'is not known', known);
    const { name, rawName, value, inlineValue } = token;
    const wantsValue = takesValue.get(name);
    if (wantsValue === undefined) throw refuse(`option ${quote(rawName)}`, 'is not known', known);
    if (!wantsValue && value !== undefined) throw refuse(rawName, 'takes no value', `write ${rawName} alone`);
    // The parser takes whatever stands next, another flag included.
    const missing = wantsValue && (value === undefined || (!inlineValue && value.startsWith('-')));
    if (missing) throw refuse(rawName, 'lacks its value', `write ${rawName} VALUE`);
    given.set(name, [...(given.get(name) ?? []), value ?? 'true']);
  }
  return given;
}
