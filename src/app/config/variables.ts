import { type Environment, invalidSetting, quote } from './invalid-setting.ts';
import { PROXY_VARIABLES } from './proxies.ts';
import { ROWS } from './settings.ts';
import { AVN_TOKEN, TOKEN_NAMES } from './token.ts';

/** Variables that Kubernetes derives from the name of a Service, its "service links". */
const SERVICE_LINK = /_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\w+)?)$/;

/** Returns the variables that settings other than the token are read from, and any that bear our prefix or OpenTelemetry's. */
export function otherSettings(environment: Environment): Environment {
  const isProxy = (name: string) => Object.keys(PROXY_VARIABLES).includes(name.toUpperCase());
  const mayHoldToken = [...TOKEN_NAMES, AVN_TOKEN];
  const isOther = (name: string) => !mayHoldToken.includes(name) && (/^(?:AIVEN|OTEL)_/i.test(name) || isProxy(name));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => isOther(name)));
}

/** Refuses variables that look like settings and are none. @throws CmkError `invalid_settings` */
export async function refuseUnknownVariables(environment: Environment): Promise<void> {
  const current = [...TOKEN_NAMES, ...ROWS.flatMap(([, { variable }]) => variable ?? [])];
  const known = [...current, ...ROWS.flatMap(([, { formerly }]) => formerly ?? [])];
  for (const name of Object.keys(environment)) {
    // Other programs use AIVEN_ variables, too. These are ours, or misspelt ones that would limit an agent.
    if (known.includes(name) || !/^AIVEN_CMK_|^AIVEN_(?:READ_?ONLY|PROJECTS?)$/i.test(name)) continue;
    if ('KUBERNETES_SERVICE_HOST' in environment && SERVICE_LINK.test(name)) continue;
    throw invalidSetting(`variable ${quote(name)}`, 'is not known', await suggest(name, current));
  }
}

/** Returns the nearest variable; names are compared without their prefix, which may be misspelt, too. */
async function suggest(name: string, known: readonly string[]): Promise<string> {
  const { suggestion } = await import('./nearest.ts'); // Only a refusal takes it.
  const withoutPrefix = (each: string) => each.toUpperCase().replace(/^AIVEN_(?:CMK_)?/, '');
  return suggestion(name, known, (each) => withoutPrefix(each).replaceAll('_', ''));
}
