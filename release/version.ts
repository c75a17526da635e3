import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file that names the version, the pattern that finds it, and the number of times. */
interface Place {
  readonly file: string;
  readonly version: RegExp;
  readonly times: number;
}

const PACKAGE: Place = { file: 'package.json', version: /(?<=^ {2}"version": ")[^"]+/gm, times: 1 };

/** Every file that names the version. */
export const PLACES: readonly Place[] = [
  PACKAGE,
  {
    file: 'package-lock.json',
    version: /(?<=^ {2}"version": "|^ {6}"name": "aiven-cmk-mcp",\n {6}"version": ")[^"]+/gm,
    times: 2,
  },
  { file: 'server.json', version: /(?<="version": ")[^"]+/g, times: 2 },
  { file: 'deploy/Dockerfile', version: /(?<=image\.version=")[^"]+/g, times: 1 },
  { file: 'deploy/helm/aiven-cmk-mcp/Chart.yaml', version: /(?<=^(?:appV|v)ersion: )\S+/gm, times: 2 },
  { file: 'deploy/kubernetes/deployment.yaml', version: /(?<=\/aiven-cmk-mcp:)\S+/g, times: 1 },
];

const UNRELEASED = '## [Unreleased]\n';

/** Returns the version that all places of a tree name. @throws Error if they differ. */
export function checkVersion(root: string): string {
  const [present = ''] = readIn(root, PACKAGE.file).match(PACKAGE.version) ?? [];
  for (const { file, version, times } of PLACES) {
    const found = readIn(root, file).match(version) ?? [];
    if (found.length !== times) throw new Error(`${file} names a version ${found.length} times, not ${times}.`);
    if (found.some((each) => each !== present))
      throw new Error(`${file} says ${found.join()}, package.json ${present}.`);
  }
  return present;
}

/**
 * Writes a version to every place of a tree that names it, and dates the unreleased section of its CHANGELOG. Returns the next
 * steps.
 * @throws Error, before any change, for an invalid version or date, a CHANGELOG without changes, or uncommitted changes.
 */
export function releaseVersion(root: string, wanted: string, date = new Date().toISOString().slice(0, 10)): string {
  const present = checkVersion(root);
  if (!/^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}$/.test(wanted)) throw new Error('Give a version as X.Y.Z, or --check.');
  if (present.localeCompare(wanted, 'en', { numeric: true }) >= 0)
    throw new Error(`${wanted} is not after ${present}.`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw new Error('Give the date as YYYY-MM-DD.');
  const changes = readIn(root, 'CHANGELOG.md');
  const [, unreleased = ''] = changes.split(UNRELEASED);
  if (!/^- /m.test(unreleased.split('\n## ')[0] ?? '')) throw new Error('CHANGELOG.md has nothing unreleased.');
  if (execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' }) !== '')
    throw new Error('Commit or undo the changes in this folder first.');
  for (const { file, version } of PLACES) writeFileSync(join(root, file), readIn(root, file).replace(version, wanted));
  const dated = changes.replace(UNRELEASED, `${UNRELEASED}\n## [${wanted}] - ${date}\n`);
  writeFileSync(join(root, 'CHANGELOG.md'), dated);
  return `${present} is now ${wanted}. Next:
  npm ci && npm test
  git commit --all --message "release: ${wanted}" && git tag --annotate --message "${wanted}" v${wanted} && git push --follow-tags
The release workflow then publishes package, image and registry entry. By hand:
  npm publish
  npm run bundle:mcpb   (add the file to the release)
  mcp-publisher publish (after npm, which it checks)`;
}

function readIn(root: string, file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
