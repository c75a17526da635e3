import { Secret } from '../../core/secret.ts';
import { type Environment, invalidSetting, readVariable } from './invalid-setting.ts';

/**
 * The variables for the Aiven token. It has no flag, because other users can read a command line. The names without our prefix
 * are those of Aiven's own tools.
 */
export const TOKEN_VARIABLES = {
  AIVEN_TOKEN: 'Aiven API token; AIVEN_CMK_TOKEN is the same',
  AIVEN_TOKEN_FILE: 'file that holds the token, for secret mounts; AIVEN_CMK_TOKEN_FILE is the same',
} as const;

const DIRECT = { variable: 'AIVEN_CMK_TOKEN', formerly: 'AIVEN_TOKEN' };
const FILE = { variable: 'AIVEN_CMK_TOKEN_FILE', formerly: 'AIVEN_TOKEN_FILE' };

/** Every name of the variables for the token. */
export const TOKEN_NAMES: readonly string[] = [DIRECT, FILE].flatMap(({ variable, formerly }) => [variable, formerly]);

/** The variable for the token of `avn`, Aiven's own command line. It may hold the same token, and is never read. */
export const AVN_TOKEN = 'AIVEN_AUTH_TOKEN';

/** A token, and warnings for the operator about where it is stored. */
export interface FoundToken {
  readonly token: Secret;
  readonly warnings: readonly string[];
}

/** Reads the token of the environment. @throws CmkError `invalid_settings`, which does not repeat it. */
export async function readToken(environment: Environment): Promise<FoundToken> {
  const direct = readVariable(environment, DIRECT);
  const file = readVariable(environment, FILE);
  if (direct && file) throw invalidSetting(`${direct.name} and ${file.name}`, 'are both set', 'set one of them');
  if (direct) return { token: toSecret(direct.name, direct.text), warnings: [] };
  if (file) {
    const { accessWarning, readText } = await import('./files.ts');
    const token = toSecret(`the file of ${file.name}`, readText(file.name, file.text));
    return { token, warnings: accessWarning(file.name, file.text) };
  }
  throw invalidSetting(
    'AIVEN_TOKEN',
    'is not set',
    'create a token at https://console.aiven.io/profile/tokens and set AIVEN_TOKEN or AIVEN_TOKEN_FILE; --sandbox needs none',
  );
}

/**
 * Refuses a token in the place of another setting, whose value may be printed later.
 * @throws CmkError `invalid_settings`
 */
export function refuseMisplaced(token: Secret, argv: readonly string[], settings: Environment): void {
  const lowerCase = new Secret(token.expose().toLowerCase()); // URLs have host names in lower case.
  const holdsToken = (text: string) => token.isIn(text) || lowerCase.isIn(text.toLowerCase());
  if (argv.some(holdsToken)) {
    const accepts = 'other users can read it there; replace the token, and set AIVEN_TOKEN or AIVEN_TOKEN_FILE';
    throw invalidSetting('the command line', 'holds the Aiven token', accepts);
  }
  for (const [name, value = ''] of Object.entries(settings)) {
    if (holdsToken(name)) throw invalidSetting('the name of a variable', 'holds the Aiven token', 'unset it');
    if (holdsToken(value)) throw invalidSetting(name, 'holds the Aiven token', 'put it into AIVEN_TOKEN alone');
  }
}

/** Placeholders that a client or a person did not fill in: `${X}`, `$env:X`, `%X%`, `{env:X}`, `<…>`. */
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
