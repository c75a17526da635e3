import { CmkError } from '../../core/errors.ts';
import { sanitize } from '../../core/sanitize.ts';

/** The environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the error for an invalid setting: one sentence with the fact and the values that are accepted. */
export function invalidSetting(setting: string, fact: string, accepts: string): CmkError {
  return new CmkError('invalid_settings', `${setting} ${fact}: ${accepts}.`);
}

/** Returns a value as one short line of visible text in quotes, or a placeholder if it may be a secret. */
export function quote(value: string): string {
  return mayBeSecret(value) ? NOT_SHOWN : JSON.stringify(sanitize(value, 60));
}

/** Returns a text that was accepted as a setting, or a placeholder if it may be a secret. */
export function showUnlessSecret(text: string): string {
  return mayBeSecret(text) ? NOT_SHOWN : text;
}

const NOT_SHOWN = '(not shown: it may be a secret)';

/** Classes of characters; random tokens have several of them, words do not. */
const CHARACTER_CLASSES = [/[a-z]/, /[A-Z]/, /\d/, /[+/=]/];

/** Whether a text may hold a token: it has a long run of mixed characters, as in base64, hex or a JWT. */
function mayBeSecret(text: string): boolean {
  const runs = text.match(/[\w+/=.~-]{20,}/g) ?? [];
  const mixed = runs.some((run) => CHARACTER_CLASSES.filter((each) => each.test(run)).length >= 3);
  return mixed || (text.match(/[A-Za-z0-9]{24,}/g) ?? []).some((run) => /\d/.test(run) && /[a-z]/i.test(run));
}

/** Returns a variable's value. @throws CmkError if it is empty, which may be a template that was not filled in. */
export function read(environment: Environment, name: string): string | undefined {
  const value = environment[name];
  if (value === '') throw invalidSetting(name, 'is set but empty', 'give it a value or unset it');
  return value;
}

/** A text of the environment, and the variable that holds it. */
interface Found {
  readonly name: string;
  readonly text: string;
}

/** The name of a variable, and a former one. */
interface Names {
  readonly variable?: string;
  readonly formerly?: string;
}

/** Returns the text of a setting's variable, by its name or a former one. @throws CmkError if both are set and differ. */
export function readVariable(environment: Environment, { variable, formerly }: Names): Found | undefined {
  const found = [variable, formerly].flatMap((name): Found[] => {
    const text = name === undefined ? undefined : read(environment, name);
    return name === undefined || text === undefined ? [] : [{ name, text }];
  });
  const [first, second] = found;
  if (first && second && first.text !== second.text) {
    throw invalidSetting(`${first.name} and ${second.name}`, 'are both set and differ', 'set one of them');
  }
  return first;
}
