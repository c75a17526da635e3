import { describe, expect, it } from 'vitest';
import { grantsFor } from '../../src/aiven/kms/grants.ts';

const [aws, gcp, azure, oci] = grantsFor({
  oci: { access_group: 'ocid1.group.x', access_tenant: 'ocid1.tenancy.y' },
  aws: { principal: 'arn:aws:iam::1:role/aiven' },
  gcp: { access_group: 'g@aiven.io' },
  azure: { app_id: 'app-1' },
});

describe('a grant', () => {
  it.each([
    ['aws', aws, /symmetric, ENCRYPT_DECRYPT/],
    ['gcp', gcp, /RSA 2048 or 4096/],
    ['azure', azure, /RSA 2048, 3072 or 4096/],
    ['oci', oci, /AES/],
  ])('names the keys that Aiven can use in %s', (cloud, grant, keyType) => {
    expect(grant).toMatchObject({ cloud, key_type: expect.stringMatching(keyType) });
  });

  it('names both roles that Aiven documents for Google', () => {
    expect(gcp?.role).toBe('roles/cloudkms.cryptoOperator');
    expect(Object.values(gcp?.instead ?? {})).toStrictEqual(['roles/cloudkms.cryptoKeyEncrypterDecrypter']);
  });

  it('in Azure goes to the object id of the service principal, for one key, or by the command of a Managed HSM', () => {
    expect(azure?.commands[1]).toBe('az ad sp show --id app-1 --query id --output tsv');
    expect(azure?.commands[2]).toMatch(/--assignee-object-id OBJECT_ID .*--scope VAULT_RESOURCE_ID\/keys\/KEY$/);
    const [hsm] = Object.values(azure?.instead ?? {});
    expect(hsm).toMatch(/^az keyvault role assignment create --hsm-name HSM .*"Managed HSM Crypto User".*\/keys\/KEY$/);
    expect(azure?.note).toMatch(/with a version is that version only; one without follows the latest/);
  });

  it('in OCI can be narrowed to one key', () => {
    const [narrow] = Object.values(oci?.instead ?? {});
    expect(narrow).toBe(`${oci?.statements?.[2]} where target.key.id = "KEY_OCID"`);
  });
});
