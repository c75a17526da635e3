import type { Provider } from './providers.ts';

/** How to let Aiven's principal of one cloud use a key there. Words in capitals are placeholders for the key's owner to fill in. */
export type Grant = {
  cloud: Provider;
  principal: string;
  role?: string;
  actions?: string[];
  /** Policy statements to add, as text. */
  statements?: string[];
  /** Commands that make the grant. */
  commands: string[];
  note: string;
};

/** An accessor of one cloud, with the fields of today's and later API versions. */
type Accessor = Readonly<Record<string, unknown>>;

const PUBLIC = 'The KMS must be reachable from the public internet.';

/** Values that are safe unquoted in a shell command and in a policy statement, so that no API response can extend either. */
const SAFE = /^[A-Za-z0-9@._:/+=,-]{1,512}$/;

const WRITERS: Readonly<Record<Provider, (accessor: Accessor) => Grant | undefined>> = {
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
    const note = `Add the statement to policy.json between the commands; the second replaces the whole policy. ${PUBLIC}`;
    return { cloud: 'aws', principal, actions, statements: [JSON.stringify(statement)], commands, note };
  },
  gcp(accessor) {
    const principal = safe(accessor.access_group);
    if (!principal) return undefined;
    const role = 'roles/cloudkms.cryptoOperator';
    const key = 'KEY --keyring=KEY_RING --location=LOCATION --project=PROJECT';
    const commands = [`gcloud kms keys add-iam-policy-binding ${key} --member=group:${principal} --role=${role}`];
    return { cloud: 'gcp', principal, role, commands, note: PUBLIC };
  },
  azure(accessor) {
    const principal = safe(accessor.app_id);
    if (!principal) return undefined;
    const role = 'Key Vault Crypto User';
    const commands = [
      `az ad sp create --id ${principal}`,
      `az role assignment create --assignee ${principal} --role "${role}" --scope KEY_VAULT_RESOURCE_ID`,
    ];
    const note = `The key needs the operations wrapKey and unwrapKey. For a Managed HSM the role is "Managed HSM Crypto User". A versioned key URL pins that version; an unversioned one follows the latest. ${PUBLIC}`;
    return { cloud: 'azure', principal, role, actions: ['wrapKey', 'unwrapKey'], commands, note };
  },
  oci(accessor) {
    const principal = safe(accessor.access_group);
    const tenant = safe(accessor.access_tenant);
    if (!principal || !tenant) return undefined;
    const statements = [
      `define tenancy AT as ${tenant}`,
      `define group AG as ${principal}`,
      'admit group AG of tenancy AT to use keys in tenancy',
    ];
    const policy = `--compartment-id ROOT_COMPARTMENT_OCID --name aiven-cmk --description "Aiven CMK access"`;
    const commands = [`oci iam policy create ${policy} --statements '${JSON.stringify(statements)}'`];
    return {
      cloud: 'oci',
      principal,
      statements,
      commands,
      note: `The policy belongs to the root compartment. ${PUBLIC}`,
    };
  },
};

/** Returns the grants for the accessors of known clouds that are complete ("Granting Aiven access to the key"). */
export function grantsFor(accessors: Readonly<Record<string, unknown>>): Grant[] {
  return Object.entries(WRITERS).flatMap(([cloud, write]) => {
    const accessor = Object.hasOwn(accessors, cloud) ? accessors[cloud] : undefined;
    const grant = typeof accessor === 'object' && accessor !== null ? write(accessor as Accessor) : undefined;
    return grant ? [grant] : [];
  });
}

function safe(value: unknown): string | undefined {
  return typeof value === 'string' && SAFE.test(value) && !value.startsWith('-') ? value : undefined;
}
