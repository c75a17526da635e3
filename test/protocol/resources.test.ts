import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS, type TestClient } from '../fixtures/harness.ts';
import { AWS } from '../fixtures/scripted-api.ts';

/** Identifiers that must pass: the samples of the API reference and the real forms known, per cloud. */
const GOOD = {
  aws: [
    AWS,
    'arn:aws:kms:eu-north-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    'arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab',
    'arn:aws-cn:kms:cn-north-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    'arn:aws-iso-b:kms:us-isob-east-1:123456789012:key/a',
    'arn:aws-eusc:kms:eusc-de-east-1:123456789012:key/a',
  ],
  gcp: [
    'projects/aiven-example/locations/us-central1/keyRings/example-keyring/cryptoKeys/example-key',
    'projects/example.com:p-1/locations/global/keyRings/R_1/cryptoKeys/K_1/cryptoKeyVersions/12',
  ],
  azure: [
    'https://example-keyvault.vault.azure.net/keys/example-key/abc123def456',
    'https://example-keyvault.vault.azure.net/keys/example-key',
    'HTTPS://Example.ManagedHSM.Azure.net/keys/Key-1',
    'https://abc.vault.azure.cn/keys/k',
    'https://abc.vault.usgovcloudapi.net/keys/k',
    'https://abc.vault.microsoftazure.de/keys/k',
  ],
  oci: [
    'ocid1.key.oc1.iad.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    'ocid1.key.oc1.phx.yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy',
    'ocid1.key.oc1.eu-frankfurt-1.bbpxxxxxaaeuk.abtheljtxxxxxxxxxxxxxxxxxxxxxxxx',
  ],
} as const;

/** Identifiers that no cloud has, each near one that some cloud has. */
const BAD = [
  'arn:aws:kms:us-east-1:123456789012:alias/my-key',
  'arn:aws:kms:us-east-1:12345678901:key/1234',
  `${AWS} `,
  `${AWS}\n`,
  ' arn:aws:kms:us-east-1:123456789012:key/1234',
  'projects/p/locations/l/keyRings/r',
  'projects/p/locations/l/keyRings/r/cryptoKeys/k/',
  '//cloudkms.googleapis.com/projects/p/locations/l/keyRings/r/cryptoKeys/k',
  'http://example.vault.azure.net/keys/k',
  'https://example.vault.azure.net.evil.example/keys/k',
  'https://example.vault.azure.net/secrets/k',
  'ocid1.vault.oc1.iad.xxxxxxxxxxxx',
  'my-key',
] as const;

const FORMS = { aws: 'arn:aws:kms:', gcp: 'projects/PROJECT', azure: 'https://VAULT', oci: 'ocid1.key.' } as const;
const CLOUDS = ['aws', 'gcp', 'azure', 'oci'] as const;

describe.each(CLIENTS)('key identifiers, through $title', ({ open }) => {
  let client: TestClient;
  beforeAll(async () => {
    client = await open({ args: ['--sandbox'] });
  });
  afterAll(() => client.close());

  async function register(provider: string, resource: unknown): Promise<{ code: string; message: string } | undefined> {
    const { payload } = await client.call('aiven_cmk_create', { project: 'sandbox', provider, resource });
    return payload.error as { code: string; message: string } | undefined;
  }

  it.each(CLOUDS.flatMap((cloud) => GOOD[cloud].map((resource) => [cloud, resource] as const)))(
    'registers %s %s, and names its provider when another is given',
    async (cloud, resource) => {
      for (const other of CLOUDS.filter((name) => name !== cloud)) {
        const error = await register(other, resource);
        expect(error?.code).toBe('invalid_arguments');
        expect(error?.message).toContain(`which is provider ${cloud}, but provider is ${other}`);
        expect(error?.message).toContain(FORMS[other]);
      }
      expect(await register(cloud, resource)).toBeUndefined();
    },
  );

  it.each(BAD)('refuses %j for every provider and shows the form it expects', async (resource) => {
    for (const cloud of CLOUDS) {
      const error = await register(cloud, resource);
      expect(error?.code).toBe('invalid_arguments');
      expect(error?.message).toContain(FORMS[cloud]);
    }
  });

  it('refuses an empty identifier and one of 513 characters, and takes one of 512', async () => {
    const long = (length: number) => `${AWS}${'a'.repeat(length - AWS.length)}`;
    expect((await register('aws', ''))?.message).toContain('resource');
    expect((await register('aws', long(513)))?.message).toContain('512');
    const gcp = (org: string) => `projects/${org}:p/locations/l/keyRings/r/cryptoKeys/k`;
    expect(await register('gcp', gcp('a'.repeat(512 - gcp('').length)))).toBeUndefined();
  });

  it('refuses a provider it does not know', async () => {
    expect((await register('ibm', AWS))?.message).toContain('provider');
  });
});
