import { statSync } from 'node:fs';
import { clean } from '../clean.ts';
import { CmkError } from '../errors.ts';

/** The environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that is not understood, as one sentence that says what it accepts. */
export function refuse(setting: string, fact: string, accepts: string): CmkError {
  return new CmkError('invalid_settings', `${setting} ${fact}: ${accepts}.`);
}

/** A value as one short line of printable text, whatever it holds. */
export function quote(value: string): string {
  return JSON.stringify(clean(value, 60));
}

/** @throws CmkError where a path is that of a folder, a device or a pipe. */
export function requireFile(name: string, file: string): void {
  if (!statSync(file).isFile()) throw refuse(name, 'names no regular file', 'it takes the path of one');
}

/** A variable's value. @throws CmkError when it is set to nothing, which may be a template that was not filled in. */
export function read(environment: Environment, name: string): string | undefined {
  const value = environment[name];
  if (value === '') throw refuse(name, 'is set but empty', 'give it a value or unset it');
  return value;
}

/** Uses the file that a setting names. @throws CmkError when that fails. */
export function access<T>(name: string, use: () => T): T {
  try {
    return use();
  } catch (cause) {
    if (cause instanceof CmkError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no access';
    throw refuse(
      name,
      `names a file that cannot be used (${code})`,
      'it takes the path of a file that this user may use; ~ is not expanded',
    );
  }
}
