import { CmkError } from '../../core/errors.ts';
import { sanitize } from '../../core/sanitize.ts';

/** The environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that is not understood, as one sentence that says what it accepts. */
export function invalidSetting(setting: string, fact: string, accepts: string): CmkError {
  return new CmkError('invalid_settings', `${setting} ${fact}: ${accepts}.`);
}

/** A value as one short line of printable text, whatever it holds. */
export function quote(value: string): string {
  return JSON.stringify(sanitize(value, 60));
}

/** A variable's value. @throws CmkError when it is set to nothing, which may be a template that was not filled in. */
export function read(environment: Environment, name: string): string | undefined {
  const value = environment[name];
  if (value === '') throw invalidSetting(name, 'is set but empty', 'give it a value or unset it');
  return value;
}
