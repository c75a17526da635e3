import { AZURE_VERSIONS, keyTypeOf, PROVIDERS, type Provider } from './providers.ts';

/** How to let Aiven's principal of one cloud use a key there. Words in capitals are placeholders for the key's owner to fill in. */
export type Grant = {
  cloud: Provider;
  principal: string;
  /** The keys that Aiven can use. */
  key_type: string;
  role?: string;
  actions?: string[];
  /** Policy statements to add, as text. */
  statements?: string[];
  /** Commands that make the grant. */
  commands: string[];
  /** What to use in place of a part of the above, by the case. */
  instead?: Readonly<Record<string, string>>;
  note?: string;
};

/** An accessor of one cloud, with the fields of today's and later API versions. */
type Accessor = Readonly<Record<string, unknown>>;

/** Returns what holds for grants of whatever cloud, so that it is said once. */
export function noteOn(grants: readonly Grant[]): string {
  const isContradicted = grants.some(({ key_type }) => !key_type.includes('RSA'));
  return [
    'The KMS must be reachable from the public internet.',
    ...(isContradicted
      ? ['Aiven’s first document on this asks for RSA 2048 or 4096 in every cloud, its newest for the key_type here.']
      : []),
  ].join(' ');
}

/** Values that are safe unquoted in a shell command and in a policy statement, so that no API response can extend either. */
const SAFE = /^[A-Za-z0-9@._:/+=,-]{1,512}$/;

type Writer = (accessor: Accessor) => Omit<Grant, 'cloud' | 'key_type'> | undefined;

const WRITERS: Readonly<Record<Provider, Writer>> = {
  aws(accessor) {
    const principal = safe(accessor.principal) ?? safe(accessor.role_arn);
    if (!principal) return undefined;
    const actions = ['kms:Encrypt', 'kms:Decrypt'];
    const statement = { Effect: 'Allow', Principal: { AWS: principal }, Action: actions, Resource: '*' };
    const key = '--key-id KEY_ID --region REGION --policy-name default';
    const commands = [
      `aws kms get-key-policy ${key} --query Policy --output text > policy.json`,
      `aws kms put-key-policy ${key} --policy file://policy.json`,
    ];
    const note = 'Add the statement to policy.json between the commands; the second command replaces the whole policy.';
    return { principal, actions, statements: [JSON.stringify(statement)], commands, note };
  },
  gcp(accessor) {
    const principal = safe(accessor.access_group);
    if (!principal) return undefined;
    const role = 'roles/cloudkms.cryptoOperator';
    const key = 'KEY --keyring=KEY_RING --location=LOCATION --project=PROJECT';
    const commands = [`gcloud kms keys add-iam-policy-binding ${key} --member=group:${principal} --role=${role}`];
    const instead = { 'role, as Aiven’s set-up section names it': 'roles/cloudkms.cryptoKeyEncrypterDecrypter' };
    return { principal, role, commands, instead };
  },
  azure(accessor) {
    const principal = safe(accessor.app_id);
    if (!principal) return undefined;
    const commands = [
      `az ad sp create --id ${principal}`,
      `az ad sp show --id ${principal} --query id --output tsv`,
      `az role assignment create --assignee-object-id OBJECT_ID --assignee-principal-type ServicePrincipal --role "Key Vault Crypto User" --scope VAULT_RESOURCE_ID/keys/KEY`,
    ];
    const hsm =
      'az keyvault role assignment create --hsm-name HSM --role "Managed HSM Crypto User" --assignee-object-id OBJECT_ID --scope /keys/KEY';
    const note = `OBJECT_ID is the output of the second command. A scope without /keys/KEY is the whole vault. ${AZURE_VERSIONS}`;
    const instead = { 'last command for a Managed HSM': hsm };
    return { principal, actions: ['wrapKey', 'unwrapKey'], commands, instead, note };
  },
  oci(accessor) {
    const principal = safe(accessor.access_group);
    const tenant = safe(accessor.access_tenant);
    if (!principal || !tenant) return undefined;
    const admit = 'admit group AG of tenancy AT to use keys in tenancy';
    const statements = [`define tenancy AT as ${tenant}`, `define group AG as ${principal}`, admit];
    const policy = '--compartment-id ROOT_COMPARTMENT_OCID --name aiven-cmk --description "Aiven CMK access"';
    const commands = [`oci iam policy create ${policy} --statements file://statements.json`];
    const instead = { 'last statement, for one key': `${admit} where target.key.id = "KEY_OCID"` };
    const note =
      'All three statements are needed, as a JSON list in statements.json; the policy belongs to the root compartment. A key in a region where Aiven does not offer this fails with a general error.';
    return { principal, statements, commands, instead, note };
  },
};

/** Returns the grants for the accessors of known clouds that are complete ("Granting Aiven access to the key"). */
export function grantsFor(accessors: Readonly<Record<string, unknown>>): Grant[] {
  return PROVIDERS.flatMap((cloud) => {
    const accessor = Object.hasOwn(accessors, cloud) ? accessors[cloud] : undefined;
    const grant = typeof accessor === 'object' && accessor !== null ? WRITERS[cloud](accessor as Accessor) : undefined;
    return grant ? [{ cloud, key_type: keyTypeOf(cloud), ...grant }] : [];
  });
}

function safe(value: unknown): string | undefined {
  return typeof value === 'string' && SAFE.test(value) && !value.startsWith('-') ? value : undefined;
}
