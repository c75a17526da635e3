// Loaded only where one of these settings is given: it reads files.
import { Secret } from '../../core/secret.ts';
import { parseStoreUrl } from '../../guard/approval/valkey.ts';
import { accessWarning, readText } from './files.ts';
import { invalidSetting } from './invalid-setting.ts';
import { isLoopback } from './parsers.ts';

/** What the settings name that must not be printed. */
export interface Secrets {
  readonly oidcClient?: Secret;
  readonly storeUrl?: Secret;
  readonly signingKey?: Secret;
  readonly webhookUrl?: Secret;
  /** The key in the webhook's secret. */
  readonly webhookKey?: Buffer;
}

/** The settings that hold a secret or name the file of one. */
export interface SecretSettings {
  readonly oidcClientSecretFile: string | undefined;
  readonly storeUrlFile: string | undefined;
  readonly storeUrl: Secret | undefined;
  readonly signingKeyFile: string | undefined;
  readonly webhookUrlFile: string | undefined;
  readonly webhookSecretFile: string | undefined;
}

/** Returns the secrets, and warnings about files that others can read. @throws CmkError `invalid_settings`, without the secret. */
export function readSecrets(settings: SecretSettings): { secrets: Secrets; warnings: readonly string[] } {
  const warnings: string[] = [];
  const readFile = (name: string, file: string | undefined): string | undefined => {
    if (file === undefined) return undefined;
    const text = readText(name, file);
    warnings.push(...accessWarning(name, file));
    return text;
  };
  if (settings.storeUrl && settings.storeUrlFile !== undefined) {
    throw invalidSetting('AIVEN_CMK_STORE_URL and AIVEN_CMK_STORE_URL_FILE', 'are both set', 'set one of them');
  }
  const clientSecret = readFile('AIVEN_CMK_OIDC_CLIENT_SECRET_FILE', settings.oidcClientSecretFile);
  const storeUrl = readFile('AIVEN_CMK_STORE_URL_FILE', settings.storeUrlFile) ?? settings.storeUrl?.expose();
  const signingKey = readFile('AIVEN_CMK_SIGNING_KEY_FILE', settings.signingKeyFile);
  const webhookUrl = readFile('AIVEN_CMK_WEBHOOK_URL_FILE', settings.webhookUrlFile);
  const webhookSecret = readFile('AIVEN_CMK_WEBHOOK_SECRET_FILE', settings.webhookSecretFile);
  const secrets = {
    ...(clientSecret !== undefined && { oidcClient: readClientSecret(clientSecret) }),
    ...(storeUrl !== undefined && { storeUrl: readStoreUrl(storeUrl) }),
    ...(signingKey !== undefined && { signingKey: readSigningKey(signingKey, 'AIVEN_CMK_SIGNING_KEY_FILE') }),
    ...(webhookUrl !== undefined && { webhookUrl: readWebhookUrl(webhookUrl) }),
    ...(webhookSecret !== undefined && { webhookKey: readWebhookKey(webhookSecret) }),
  };
  return { secrets, warnings };
}

/** RFC 6749, A.2: visible characters and spaces. */
function readClientSecret(text: string): Secret {
  if (/^[ -~]{1,4096}$/.test(text)) return new Secret(text);
  throw invalidSetting('the file of AIVEN_CMK_OIDC_CLIENT_SECRET_FILE', 'holds no client secret', 'it takes one line');
}

function readStoreUrl(text: string): Secret {
  const url = new Secret(text);
  try {
    parseStoreUrl(url);
    return url;
  } catch {
    const accepts = 'it takes redis:// or rediss://[USER:PASSWORD@]HOST[:PORT][/DATABASE]';
    throw invalidSetting(
      'AIVEN_CMK_STORE_URL, or the file of AIVEN_CMK_STORE_URL_FILE,',
      'is no URL of a store',
      accepts,
    );
  }
}

/** Returns a key. What is short, or repeats a few characters, can be guessed. @throws CmkError `invalid_settings` */
export function readSigningKey(text: string, name: string): Secret {
  if (/^[!-~]{32,4096}$/.test(text) && new Set(text).size >= 10) return new Secret(text);
  const accepts = 'it takes one line of 32 or more random characters, as openssl rand -base64 32 makes it';
  throw invalidSetting(`the file of ${name}`, 'holds no key', accepts);
}

function readWebhookUrl(text: string): Secret {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSecure = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url && isSecure && !url.username && !url.password && !url.hash) return new Secret(url.href);
  const accepts = 'it takes an https URL without a user; http only for loopback';
  throw invalidSetting('the file of AIVEN_CMK_WEBHOOK_URL_FILE', 'holds no URL that can be used', accepts);
}

/** Standard Webhooks, "Signature scheme": 24 to 64 bytes. */
function readWebhookKey(text: string): Buffer {
  const [, encoded = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const key = Buffer.from(encoded, 'base64');
  if (key.length >= 24 && key.length <= 64 && key.toString('base64') === encoded) return key;
  const accepts = 'it takes whsec_ and 24 to 64 bytes in base64';
  throw invalidSetting('the file of AIVEN_CMK_WEBHOOK_SECRET_FILE', 'holds no secret of Standard Webhooks', accepts);
}
