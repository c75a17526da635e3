import { Secret } from '../../core/secret.ts';
import { type Environment, invalidSetting, read } from './invalid-setting.ts';

/** The variables that hold the Aiven token; it never stands on a command line, which other users can read. */
export const TOKEN_VARIABLES = {
  AIVEN_TOKEN: 'Aiven API token',
  AIVEN_TOKEN_FILE: 'file that holds the token, for secret mounts; instead of AIVEN_TOKEN',
} as const;

/** @throws CmkError `invalid_settings` */
export async function readToken(environment: Environment): Promise<Secret> {
  const direct = read(environment, 'AIVEN_TOKEN');
  const file = read(environment, 'AIVEN_TOKEN_FILE');
  if (direct !== undefined && file !== undefined) {
    throw invalidSetting('AIVEN_TOKEN and AIVEN_TOKEN_FILE', 'are both set', 'set one of them');
  }
  if (direct !== undefined) return toSecret('AIVEN_TOKEN', direct);
  if (file !== undefined) {
    const { readText } = await import('./files.ts');
    return toSecret('the file of AIVEN_TOKEN_FILE', readText('AIVEN_TOKEN_FILE', file));
  }
  throw invalidSetting(
    'AIVEN_TOKEN',
    'is not set',
    'create a token at https://console.aiven.io/profile/tokens and set AIVEN_TOKEN or AIVEN_TOKEN_FILE; --sandbox needs none',
  );
}

/** What clients leave of a variable that they do not know, or people of an example: `${X}`, `$env:X`, `%X%`, `{env:X}`, `<…>`. */
const PLACEHOLDER = /\$\{|^\$[\w:]+$|^%\w+%$|^\{\w+:.*\}$|^<.*>$|^your[-_]/i;

function toSecret(name: string, value: string): Secret {
  if (PLACEHOLDER.test(value)) {
    throw invalidSetting(
      name,
      'holds a placeholder that the client did not fill in',
      'put the token there, or use AIVEN_TOKEN_FILE',
    );
  }
  if (Secret.isValid(value)) return new Secret(value);
  throw invalidSetting(
    name,
    'holds no token',
    'it takes 8 or more visible ASCII characters without quotes, spaces or line breaks',
  );
}
