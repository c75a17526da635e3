import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** The rooms of `src/` by level: a file may import from its own room and from those of the levels below. */
export const LEVELS: readonly (readonly string[])[] = [
  ['app'],
  ['server'],
  ['calls'],
  ['tools'],
  ['guard', 'telemetry', 'aiven'],
  ['core'],
];

/** One import of a file by another, dynamic imports and those of types included. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every source file, as a path from the root, sorted. */
export const SOURCES: readonly string[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `src/${name.replaceAll('\\', '/')}`)
  .sort();

/** Returns the modules that a file imports: source files as paths from the root, packages by name. */
export function importsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/(?:^|\s)(?:import|from)\s*\(?\s*'([^']+)'/g)].map(
    ([, target = '']) => (target.startsWith('.') ? posix.join(posix.dirname(file), target) : target),
  );
}

/** Every import of one source file by another. */
export const IMPORTS: readonly Import[] = SOURCES.flatMap((from) =>
  importsOf(from)
    .filter((target) => target.startsWith('src/') && target.endsWith('.ts'))
    .map((to) => ({ from, to })),
);

/** Returns the room of a source file; undefined for a loose one. */
export function roomOf(file: string): string | undefined {
  return /^src\/([^/]+)\//.exec(file)?.[1];
}

/** Returns the level of a room, 0 for the uppermost; -1 for a folder that is no room. */
export function levelOf(room: string | undefined): number {
  return LEVELS.findIndex((rooms) => rooms.some((each) => each === room));
}
