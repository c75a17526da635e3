import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Files in `dist` and their sizes, by kind. */
export interface PackageCounts {
  readonly files: Readonly<Record<string, number>>;
  readonly bytes: Readonly<Record<string, number>>;
}

/**
 * Counts what is built into a package: programs, their maps, and documents (licences, bill of materials). README.md, LICENSE and
 * package.json, the rest of the package, do not count: their text is reviewed as such.
 */
export function countPackage(folder: string): PackageCounts {
  const dist = join(folder, 'dist');
  const files: Record<string, number> = { programs: 0, maps: 0, documents: 0 };
  const bytes: Record<string, number> = { programs: 0, maps: 0, documents: 0 };
  for (const name of readdirSync(dist)) {
    const kind = name.endsWith('.js') ? 'programs' : name.endsWith('.js.map') ? 'maps' : 'documents';
    files[kind] = (files[kind] ?? 0) + 1;
    bytes[kind] = (bytes[kind] ?? 0) + statSync(join(dist, name)).size;
  }
  return { files, bytes };
}
