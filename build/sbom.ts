import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ComponentType, HashAlgorithm } from '@cyclonedx/cyclonedx-library/Enums';
import { Bom, Component, LicenseExpression, LicenseRepository, SpdxLicense } from '@cyclonedx/cyclonedx-library/Models';
import { JSON as Json, JsonSerializer } from '@cyclonedx/cyclonedx-library/Serialize';
import { isSupportedSpdxId } from '@cyclonedx/cyclonedx-library/SPDX';
import { Spec1dot6 } from '@cyclonedx/cyclonedx-library/Spec';
import packageJson from '../package.json' with { type: 'json' };
import { type BundledPackage, packagesIn, worksInUndici } from './packages.ts';

/** The lock file, in which the hash of each package's tarball stands. */
const LOCK = join(import.meta.dirname, '../package-lock.json');

/**
 * Returns the software bill of materials of a bundle, as CycloneDX 1.6 in JSON: the packages that the bundle holds a part of.
 * It has no time stamp and no serial number, and is not
 * sorted by the language of the machine, so that the same bundle has the same one.
 * @throws Error if a package is not in the lock file.
 */
export function sbomOf(modules: readonly string[]): string {
  const { packages: locked } = JSON.parse(readFileSync(LOCK, 'utf8')) as { packages: Record<string, Locked> };
  const components = packagesIn(modules).map((each) => componentOf(each, locked));
  const undici = components.find(({ name }) => name === 'undici');
  for (const { name } of worksInUndici(modules)) {
    // Without a reference it would get a random one.
    const bomRef = `${undici?.purl}#${name}`;
    undici?.components.add(new Component(ComponentType.Library, name, { bomRef, licenses: licensed('MIT') }));
  }
  const { name, version, description, license } = packageJson;
  const purl = purlOf({ name, version });
  const program = new Component(ComponentType.Application, name, {
    bomRef: purl,
    version,
    purl,
    description,
    licenses: licensed(license),
  });
  for (const { bomRef } of components) program.dependencies.add(bomRef);
  const bom = new Bom();
  bom.metadata.component = program;
  for (const component of components) bom.components.add(component);
  const serializer = new JsonSerializer(new Json.Normalize.Factory(Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: false, space: 1 })}\n`;
}

interface Locked {
  readonly version: string;
  /** `sha512-` and the hash in base64. */
  readonly integrity?: string;
}

function componentOf({ folder, ...named }: BundledPackage, locked: Readonly<Record<string, Locked>>): Component {
  const { name, version, license } = named;
  const entry = locked[folder.slice(folder.indexOf('node_modules/'))];
  const [, hash] = /^sha512-(\S+)$/.exec(entry?.integrity ?? '') ?? [];
  if (hash === undefined || entry?.version !== version) throw new Error(`${name} ${version} is not in the lock file.`);
  const purl = purlOf(named);
  const [unscoped = '', scope] = name.split('/').reverse();
  const component = new Component(ComponentType.Library, unscoped, { bomRef: purl, version, purl });
  if (scope !== undefined) component.group = scope;
  component.licenses = licensed(license);
  component.hashes.set(HashAlgorithm['SHA-512'], Buffer.from(hash, 'base64').toString('hex'));
  return component;
}

function licensed(license: string): LicenseRepository {
  return new LicenseRepository([
    isSupportedSpdxId(license) ? new SpdxLicense(license) : new LicenseExpression(license),
  ]);
}

/** Returns the package URL of a package of npm. */
function purlOf({ name, version }: { readonly name: string; readonly version: string }): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}
