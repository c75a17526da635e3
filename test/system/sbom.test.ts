import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Version } from '@cyclonedx/cyclonedx-library/Spec';
import { JsonStrictValidator } from '@cyclonedx/cyclonedx-library/Validation';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };
import { packagesHeld } from '../fixtures/bundled.ts';
import { PACKAGE } from '../fixtures/harness.ts';

interface Component {
  readonly name: string;
  readonly group?: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly components?: readonly Component[];
}

const text = readFileSync(join(PACKAGE, 'dist/sbom.cdx.json'), 'utf8');
const bom = JSON.parse(text) as { components: Component[]; metadata: { component: Component } };
const nameOf = ({ group, name }: Component) => (group === undefined ? name : `${group}/${name}`);

describe('the bill of materials', () => {
  it('is valid by the schema of CycloneDX 1.6, which refuses a member that it does not know', async () => {
    const validator = new JsonStrictValidator(Version.v1dot6);
    expect(await validator.validate(text)).toBeNull();
    expect(await validator.validate(JSON.stringify({ ...bom, parts: [] }))).not.toBeNull();
  });

  it('names the program and every package that it holds a part of, and no other, in the locked version', () => {
    expect(nameOf(bom.metadata.component)).toBe(packageJson.name);
    expect(bom.metadata.component.version).toBe(packageJson.version);
    expect(bom.components.map(nameOf).toSorted()).toStrictEqual([...packagesHeld(PACKAGE)].toSorted());
    const locked = new Map(Object.entries<{ version?: string; integrity?: string }>(lock.packages));
    for (const component of bom.components) {
      const { version, integrity } = locked.get(`node_modules/${nameOf(component)}`) ?? {};
      const [hash] = component.hashes ?? [];
      expect(component.purl).toBe(`pkg:npm/${nameOf(component).replace('@', '%40')}@${version}`);
      expect(`sha512-${Buffer.from(hash?.content ?? '', 'hex').toString('base64')}`).toBe(integrity);
    }
    const undici = bom.components.find(({ name }) => name === 'undici');
    expect(undici?.components?.map(({ name }) => name)).toStrictEqual(['llhttp', 'ws']);
  });
});
