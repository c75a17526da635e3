import { join } from 'node:path';
import { countPackage, type PackageCounts } from './package-counts.ts';
import { countStart, type StartCounts } from './start-counts.ts';
import { countTools, type ToolCounts } from './tool-counts.ts';

/** What a start, a tool and the package take, as counts, which other load on a machine does not change. */
export interface Counts {
  readonly start: StartCounts;
  /** By name of the tool. */
  readonly tools: Readonly<Record<string, ToolCounts>>;
  readonly package: PackageCounts;
}

/** The committed counts. */
export const COUNTS_FILE = 'bench/counts.json';

/** Maximum difference of a number of bytes from its committed value, as a share of that value. */
export const BYTES_TOLERANCE = 0.01;

/** Counts a package folder whose `dist` is built. */
export async function countAll(folder: string): Promise<Counts> {
  const program = join(folder, 'dist/cli.js');
  return {
    start: await countStart(program),
    tools: await countTools(program),
    package: countPackage(folder),
  };
}

/**
 * Returns a line for each count that differs, with its path, the committed and the present value; none if all agree. A number under
 * a member named `bytes` may differ by `BYTES_TOLERANCE`: almost every edit of a source file changes it a little, and the
 * committed value stays, so that small changes add up until they are accepted.
 */
export function differences(committed: unknown, present: unknown, path = ''): string[] {
  if (isRecord(committed) && isRecord(present)) {
    const names = [...new Set([...Object.keys(committed), ...Object.keys(present)])];
    return names.flatMap((name) => differences(committed[name], present[name], path ? `${path}.${name}` : name));
  }
  if (typeof committed === 'number' && typeof present === 'number' && /(?:^|\.)bytes(?:\.|$)/.test(path)) {
    if (Math.abs(present - committed) <= committed * BYTES_TOLERANCE) return [];
  }
  if (committed === present) return [];
  return [`${path}: ${show(committed)} -> ${show(present)}`];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function show(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}
