import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkAccount, readAccount } from './account.ts';
import { checkVersion } from './version.ts';

/**
 * Returns the version that a tag may publish.
 * @throws Error if tag, version and CHANGELOG differ, or the account is not known or not written.
 */
export function requireReady(root: string, tag: string): string {
  const version = checkVersion(root);
  if (tag !== `v${version}`) throw new Error(`The tag is ${tag || 'not given'}, and the version is ${version}.`);
  const heading = `\n## [${version}] - `;
  const dated = readFileSync(join(root, 'CHANGELOG.md'), 'utf8').split(heading)[1] ?? '';
  if (!/^\d{4}-\d{2}-\d{2}\n/.test(dated)) throw new Error(`CHANGELOG.md has no dated heading of ${version}.`);
  const { repository, image, codeOwners } = readAccount(root);
  const unknown = Object.entries({ repository, codeOwners, image: image.includes('example.com') ? '' : image });
  for (const [name, value] of unknown) if (value === '') throw new Error(`release/account.json: ${name} is not set.`);
  checkAccount(root);
  return version;
}
