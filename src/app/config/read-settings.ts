import { type Environment, invalidSetting, quote, readVariable } from './invalid-setting.ts';
import { ROWS, type Setting, type Settings } from './settings.ts';

type Flags = ReadonlyMap<string, readonly string[]>;

/**
 * Returns the value of every setting: of its flag, else of its variable, else of `defaults`, else the table's default.
 * @throws CmkError `invalid_settings` that names the flag or variable, and what it accepts.
 */
export function readSettings(flags: Flags, environment: Environment, defaults: Partial<Settings>): Settings {
  const instead: Readonly<Record<string, unknown>> = defaults;
  const values = ROWS.map(([name, setting]) => [
    name,
    readSetting(setting, flags, environment) ?? instead[name] ?? setting.fallback,
  ]);
  return Object.fromEntries(values) as Settings; // Each row's parse gives its own type.
}

/** Returns the value that a flag or a variable gives a setting; undefined if neither is given. @throws CmkError */
function readSetting(setting: Setting<unknown>, flags: Flags, environment: Environment): unknown {
  const { flag = '', accepts } = setting;
  const given = flags.get(flag);
  const found = given ? undefined : readVariable(environment, setting);
  const texts = given ?? (found ? [found.text] : []);
  if (texts.length === 0) return undefined;
  if (texts.length > 1 && setting.value && !setting.repeatable) {
    throw invalidSetting(`--${flag}`, 'is given more than once', 'give it once');
  }
  const value = setting.parse(texts);
  if (value !== undefined) return value;
  throw invalidSetting(found?.name ?? `--${flag}`, `is ${quote(texts.join(','))}`, `it takes ${accepts}`);
}
