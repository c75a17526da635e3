import type { CmkError } from '../../core/errors.ts';
import { invalidSetting, quote } from './invalid-setting.ts';

/** Flags that print a text instead of running a command. */
export const REQUESTS = { help: 'print this text', version: 'print the version' } as const;

/** A parsed command line. */
export interface CommandLine {
  /** A name of `COMMANDS`, `tool` for the command of a tool, `serve` without a command, or `help`. */
  readonly command: string;
  readonly words: readonly string[];
  /** The flags given, each with its values; one that takes none has the value `true`. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  /** With `tool`: its command and the arguments that were given as words and flags. */
  readonly tool?: { readonly command: string; readonly name: string; readonly args: Readonly<Record<string, unknown>> };
}

/** Returns the error for a flag that is none of these. */
export async function unknownFlag(given: string, known: readonly string[]): Promise<CmkError> {
  const { suggestion } = await import('./nearest.ts'); // Only a refusal takes it.
  const names = known.map((name) => `--${name}`);
  const hint = suggestion(given, names, (each) => each.replaceAll('-', ''));
  return invalidSetting(`option ${quote(given)}`, 'is not known', hint);
}

/** Returns the error for a flag without its value. */
export function lacksValue(flag: string): CmkError {
  return invalidSetting(flag, 'lacks its value', `write ${flag} VALUE`);
}
