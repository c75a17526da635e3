import { describe, expect, it } from 'vitest';
import { quoteHcl, toTerraform } from '../../src/aiven/terraform.ts';
import { exportText, exportWarnings } from '../../src/app/commands/export.ts';
import { TOOL_DEFINITIONS } from '../../src/tools/catalog.ts';

/** The sign that introduces a template, apart from its brace, which would be one in TypeScript, too. */
const S = '$';
const ID = '12345678-1234-1234-1234-12345678abcd';
/** The fields of the configurations that Aiven's document about BYOK has as samples. */
const SAMPLES = [
  ['aws', 'arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234', true],
  ['gcp', 'projects/aiven-example/locations/us-central1/keyRings/example-keyring/cryptoKeys/example-key', false],
  ['oci', 'ocid1.key.oc1.iad.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', false],
  ['azure', 'https://example-keyvault.vault.azure.net/keys/example-key/abc123def456', false],
] as const;

describe('an export to Terraform', () => {
  it.each(SAMPLES)(
    'has the %s resource as Aiven’s document has it, and an import',
    (provider, resource, default_cmk) => {
      const cmk = { id: ID, provider, resource, default_cmk, status: 'current', created_at: 'x' };
      const { hcl, exported, skipped } = toTerraform('my-project', [cmk]);
      expect(hcl.split('\n\n').slice(1).join('\n\n')).toBe(`import {
  to = aiven_cmk.${provider}_12345678
  id = "my-project/${ID}"
}

resource "aiven_cmk" "${provider}_12345678" {
  project      = "my-project"
  cmk_provider = "${provider}"
  resource     = "${resource}"
  default_cmk  = ${default_cmk}
}
`);
      expect(hcl).toMatch(/^# .*beta.*PROVIDER_AIVEN_ENABLE_BETA=1\n/);
      expect([exported, skipped]).toStrictEqual([1, []]);
    },
  );

  it('leaves out what the resource cannot describe, and says why', () => {
    const key = { provider: 'aws', resource: 'x' };
    const { hcl, exported, skipped } = toTerraform('p', [
      { ...key, id: 'one', status: 'deleted' },
      { ...key, id: 'two', provider: null },
      { ...key, id: 'three', provider: 'AWS' },
      { ...key, id: 'four', resource: undefined },
      { ...key, id: 'five', resource: '' },
      { ...key, id: 'six', status: 'old', default_cmk: null },
    ]);
    expect(skipped.map(({ id }) => id)).toStrictEqual(['one', 'two', 'three', 'four', 'five']);
    for (const { why } of skipped) expect(why).toMatch(/deleted|provider|identifier/);
    expect(exported).toBe(1);
    expect(hcl).toContain('"aws_six"');
    expect(hcl).not.toContain('default_cmk');
    expect(toTerraform('p', []).hcl).not.toContain('import {');
  });

  it('gives every key a name of its own that Terraform accepts', () => {
    const ids = [ID, ID.replace('abcd', 'ffff'), '99999999-1234-1234-1234-12345678abcd', 'a.b', 'a b', 'Ü', 'a.b.5'];
    const { hcl } = toTerraform(
      'p',
      ids.map((id) => ({ id, provider: 'gcp', resource: 'x' })),
    );
    const names = [...hcl.matchAll(/^resource "aiven_cmk" "(.*)" \{$/gm)].map(([, name]) => name);
    expect(new Set(names).size).toBe(ids.length);
    for (const name of names) expect(name).toMatch(/^[a-z_][a-z0-9_]*$/);
    expect([...hcl.matchAll(/^ {2}to = aiven_cmk\.(.*)$/gm)].map(([, name]) => name)).toStrictEqual(names);
    expect(names[0]).toBe(`gcp_${ID.replaceAll('-', '_')}`);
    expect(names[2]).toBe('gcp_99999999');
  });

  it('cannot be extended by what the API says', () => {
    const evil = `x"\n}\nresource "null_resource" "y" {\n  a = "${S}{file("/etc/passwd")}"`;
    const { hcl } = toTerraform('p', [{ id: evil, provider: 'aws', resource: evil }]);
    expect(hcl.match(/^resource/gm)).toHaveLength(1);
    expect(hcl).not.toMatch(/(?<!\$)\$\{/);
    expect(hcl.split('\n').filter((line) => line.includes('passwd'))).toHaveLength(2);
  });
});

it('a shell prints the configuration alone, and says elsewhere what it leaves out', () => {
  const { hcl, exported, skipped } = toTerraform('p', [{ id: 'a\u001b[2J', provider: 'aws', status: 'deleted' }]);
  expect(exportText({ hcl, exported, skipped })).toBe(hcl.trimEnd());
  expect(exportWarnings({ hcl, exported, skipped })).toStrictEqual([expect.stringMatching(/^CMK a.*it is deleted\.$/)]);
  expect(exportWarnings({ skipped })[0]).not.toContain('\u001b');
  expect(TOOL_DEFINITIONS.find(({ name }) => name === 'aiven_cmk_export')?.toolset).toBe('terraform');
});

/** Texts, and the quoted templates that evaluate to them, by the scanner and the decoder of hashicorp/hcl. */
describe.each([
  ['plain', '"plain"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['a\nb\r\tc', '"a\\nb\\r\\tc"'],
  [`${S}{x} %{ if y }`, `"${S}${S}{x} %%{ if y }"`],
  // The scanner of HCL reads two signs first, so that three before a brace would stay three.
  [`${S}${S}{x} %%{y} ${S}${S}${S}{z}`, `"\\u0024${S}${S}{x} \\u0025%%{y} \\u0024\\u0024${S}${S}{z}"`],
  ['$ { $x 100% $', '"$ { $x 100% $"'],
  ['ü ✓ 🔑', '"ü ✓ 🔑"'],
  ['\u202e\u0000\u2028\u00a0\u{e0001}', '"\\u202e\\u0000\\u2028\\u00a0\\U000e0001"'],
  ['a\ud800b', '"a\ufffdb"'],
])('%j in HCL', (text, quoted) => {
  it(`is ${quoted}`, () => expect(quoteHcl(text)).toBe(quoted));
});
