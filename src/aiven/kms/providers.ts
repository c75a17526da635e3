import { CmkError } from '../../core/errors.ts';

/** One cloud's key management service and the form of its key identifiers. */
interface CloudKms {
  readonly kms: string;
  /** The identifier's form in words, as an example to copy. */
  readonly form: string;
  /** The keys that Aiven can use, as its newest page about BYOK says. */
  readonly keyType: string;
  /** Checks before the API does, which decides: see "Key identifiers" in Aiven's own clients. No identifier matches two clouds. */
  readonly pattern: RegExp;
}

/** The clouds whose keys Aiven accepts, in the order the API reference names them. */
export const PROVIDERS = ['aws', 'gcp', 'azure', 'oci'] as const;

/** A cloud whose KMS holds the key. */
export type Provider = (typeof PROVIDERS)[number];

const CLOUDS: Readonly<Record<Provider, CloudKms>> = {
  aws: {
    kms: 'AWS KMS',
    form: 'a key ARN (not an alias): arn:aws:kms:REGION:ACCOUNT:key/KEY_ID',
    keyType: 'symmetric, ENCRYPT_DECRYPT, in the region of the services',
    pattern:
      /^arn:aws(?:-[a-z]+)*:kms:[a-z]{2,}(?:-[a-z]+)+-\d{1,2}:\d{12}:key\/[A-Za-z0-9](?:[A-Za-z0-9-]{0,254}[A-Za-z0-9])?$/,
  },
  gcp: {
    kms: 'Google Cloud KMS',
    form: 'projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY, optionally with /cryptoKeyVersions/N',
    keyType: 'asymmetric RSA 2048 or 4096',
    pattern:
      /^projects\/(?:[a-z0-9][a-z0-9.-]*:)?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\/locations\/[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\/keyRings\/[A-Za-z0-9_-]{1,63}\/cryptoKeys\/[A-Za-z0-9_-]{1,63}(?:\/cryptoKeyVersions\/[0-9]{1,19})?$/,
  },
  azure: {
    kms: 'Azure Key Vault or Managed HSM',
    form: 'https://VAULT.vault.azure.net/keys/KEY, optionally with /VERSION (or a managedhsm or sovereign cloud host)',
    keyType: 'RSA 2048, 3072 or 4096, software or HSM',
    pattern:
      /^https:\/\/[a-z0-9][a-z0-9-]{1,22}[a-z0-9]\.(?:vault|managedhsm)\.(?:azure\.net|azure\.cn|chinacloudapi\.cn|usgovcloudapi\.net|microsoftazure\.de|sovcloud-api\.(?:fr|de))\/keys\/[a-z0-9-]{1,127}(?:\/[a-z0-9]{1,32})?$/i,
  },
  oci: {
    kms: 'OCI Vault',
    form: 'a key OCID: ocid1.key.REALM.REGION.VAULT.UNIQUE (some have no VAULT part)',
    keyType: 'AES, in OCI Vault',
    pattern: /^ocid1\.key\.oc[0-9]{1,3}\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[A-Za-z0-9]+)?\.[A-Za-z0-9]{8,}$/,
  },
};

/** Returns the keys of a cloud that Aiven can use, in words. */
export function keyTypeOf(provider: Provider): string {
  return CLOUDS[provider].keyType;
}

/** What the URL of an Azure key means for its versions. */
export const AZURE_VERSIONS = 'A key URL with a version is that version only; one without follows the latest.';

/** Maximum length of a key identifier, in characters (`byok.mdx`, "Request body parameters"). */
export const RESOURCE_MAX = 512;

/**
 * Checks a key identifier against its provider's form before anything is sent.
 * @throws CmkError `invalid_arguments` with the expected form and, for another cloud's identifier, its provider.
 */
export function checkResource(provider: Provider, resource: string): void {
  const cloud = CLOUDS[provider];
  if (cloud.pattern.test(resource)) return;
  const owner = PROVIDERS.find((other) => CLOUDS[other].pattern.test(resource));
  const fault = owner
    ? `resource is an identifier of ${CLOUDS[owner].kms}, which is provider ${owner}, but provider is ${provider}.`
    : `resource is no identifier of ${cloud.kms}.`;
  throw new CmkError('invalid_arguments', `${fault} For provider ${provider} it is ${cloud.form}.`);
}
