/**
 * `npm run release -- X.Y.Z [YYYY-MM-DD]` puts one version in every place that names it, and dates the CHANGELOG's unreleased
 * section. `npm run release -- --check` tells whether all places agree. Changes nothing unless it can change all.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

/** Where the version stands, and how often. */
const PLACES: readonly { readonly file: string; readonly version: RegExp; readonly times: number }[] = [
  { file: 'package.json', version: /(?<=^ {2}"version": ")[^"]+/gm, times: 1 },
  {
    file: 'package-lock.json',
    version: /(?<=^ {2}"version": "|^ {6}"name": "aiven-cmk-mcp",\n {6}"version": ")[^"]+/gm,
    times: 2,
  },
  { file: 'server.json', version: /(?<="version": ")[^"]+/g, times: 2 },
  { file: 'deploy/Dockerfile', version: /(?<=image\.version=")[^"]+/g, times: 1 },
  { file: 'deploy/kubernetes/deployment.yaml', version: /(?<=\/aiven-cmk-mcp:)\S+/g, times: 1 },
];

const UNRELEASED = '## [Unreleased]\n';
const [wanted = '', date = new Date().toISOString().slice(0, 10)] = process.argv.slice(2);
const texts = new Map(PLACES.map(({ file }) => [file, readFileSync(file, 'utf8')]));
const text = (file: string) => texts.get(file) ?? '';

try {
  const present = inStep();
  if (wanted === '--check') say(`Every place says ${present}.`);
  else release(present);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

/** The one version of all places. */
function inStep(): string {
  const [present = ''] = text('package.json').match(PLACES[0]?.version ?? /^/) ?? [];
  for (const { file, version, times } of PLACES) {
    const found = text(file).match(version) ?? [];
    if (found.length !== times) throw new Error(`${file} names a version ${found.length} times, not ${times}.`);
    if (found.some((each) => each !== present))
      throw new Error(`${file} says ${found.join()}, package.json ${present}.`);
  }
  return present;
}

function release(present: string): void {
  if (!/^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}$/.test(wanted)) throw new Error('Give a version as X.Y.Z, or --check.');
  if (present.localeCompare(wanted, 'en', { numeric: true }) >= 0)
    throw new Error(`${wanted} is not after ${present}.`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw new Error('Give the date as YYYY-MM-DD.');
  const changes = readFileSync('CHANGELOG.md', 'utf8');
  const [, unreleased = ''] = changes.split(UNRELEASED);
  if (!/^- /m.test(unreleased.split('\n## ')[0] ?? '')) throw new Error('CHANGELOG.md has nothing unreleased.');
  if (execFileSync('git', ['status', '--porcelain'], { encoding: 'utf8' }) !== '') {
    throw new Error('Commit or undo the changes in this folder first.');
  }
  for (const { file, version } of PLACES) writeFileSync(file, text(file).replace(version, wanted));
  writeFileSync('CHANGELOG.md', changes.replace(UNRELEASED, `${UNRELEASED}\n## [${wanted}] - ${date}\n`));
  say(`${present} is now ${wanted}. Next:
  npm ci && npm test
  git commit --all --message "release: ${wanted}" && git tag v${wanted} && git push --follow-tags
  npm publish
  npm run bundle:mcpb   (add the file to the release)
  mcp-publisher publish (after npm, which it looks at)`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
