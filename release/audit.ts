import { spawnSync } from 'node:child_process';
import * as z from 'zod';

/** What `npm audit --json` prints. An error, as of a registry that cannot be reached, has no counts. */
const Report = z.object({
  metadata: z.object({ vulnerabilities: z.object({ total: z.int().min(0) }) }),
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string() })),
});

/**
 * Runs `npm audit` on all packages of a tree, also those of the development: the bundle holds parts of them.
 * @throws Error if one has a known vulnerability, or if it is not known whether one has.
 */
export function audit(root: string): void {
  const { stdout } = spawnSync('npm', ['audit', '--json'], { cwd: root, encoding: 'utf8' });
  requireNone(stdout ?? '');
}

/** @throws Error that names the packages with a known vulnerability, or says that the report cannot be read. */
export function requireNone(report: string): void {
  const { data } = Report.safeParse(parse(report));
  if (data === undefined)
    throw new Error('npm audit gave no report, so it is not known whether a package is vulnerable.');
  const found = Object.entries(data.vulnerabilities).map(([name, { severity }]) => `${name} (${severity})`);
  if (found.length > 0 || data.metadata.vulnerabilities.total > 0)
    throw new Error(`Packages with a known vulnerability: ${found.join(', ')}.`);
}

function parse(report: string): unknown {
  try {
    return JSON.parse(report);
  } catch {
    return undefined;
  }
}
