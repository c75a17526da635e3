import type { Cmk } from '../aiven/schemas.ts';

/** A service and the keys it uses or is moving between; `cmk_id` null means a key that Aiven manages. */
export interface Service {
  readonly service_name: string;
  cmk_id: string | null;
}

/** What the sandbox holds of one project. */
export interface Project {
  readonly cmks: Map<string, Cmk>;
  readonly services: Service[];
}

/** The one project of a fresh sandbox: a key of each provider, one the default, one in use, one old. */
export function seed(): Map<string, Project> {
  const cmks: Cmk[] = [
    cmk('11111111-1111-4111-8111-111111111111', {
      provider: 'aws',
      resource: 'arn:aws:kms:eu-west-1:123456789012:key/7d1f0a52-6c1b-4c7e-9d0e-2f6a1b3c4d5e',
      default_cmk: true,
    }),
    cmk('22222222-2222-4222-8222-222222222222', {
      provider: 'gcp',
      resource: 'projects/example-prod/locations/europe-west1/keyRings/aiven/cryptoKeys/orders',
    }),
    cmk('33333333-3333-4333-8333-333333333333', {
      provider: 'azure',
      resource: 'https://example-vault.vault.azure.net/keys/aiven/0123456789abcdef0123456789abcdef',
    }),
    cmk('44444444-4444-4444-8444-444444444444', {
      provider: 'oci',
      resource: 'ocid1.key.oc1.eu-frankfurt-1.examplevault.abtheljtexampleexampleexample',
      status: 'old',
    }),
  ];
  const services = [
    { service_name: 'orders-pg', cmk_id: '22222222-2222-4222-8222-222222222222' },
    { service_name: 'billing-kafka', cmk_id: '22222222-2222-4222-8222-222222222222' },
    { service_name: 'scratch-valkey', cmk_id: null },
  ];
  return new Map([['sandbox', { cmks: new Map(cmks.map((entry) => [entry.id, entry])), services }]]);
}

/** A key as the API shows it: `current` and not the default unless said otherwise. */
export function cmk(id: string, fields: Partial<Cmk>): Cmk {
  const created_at = now();
  const { provider, resource, default_cmk = false, status = 'current' } = fields;
  return { id, provider, default_cmk, resource, status, created_at, updated_at: created_at };
}

/** The present in the API's form: RFC 3339 in UTC with microseconds. */
export function now(): string {
  return new Date().toISOString().replace('Z', '000Z');
}

export const ACCESSORS = {
  aws: { principal: 'arn:aws:iam::210987654321:role/aiven-cmk-sandbox' },
  azure: { app_id: '5a6b7c8d-1234-4321-8765-0a1b2c3d4e5f' },
  gcp: { access_group: 'access.example.12345678-1234-1234-1234-123456789abc@aiven.io' },
  oci: {
    access_group: 'ocid1.group.oc1..exampleaivenaccessgroup',
    access_tenant: 'ocid1.tenancy.oc1..exampleaiventenancy',
  },
};
