/** Maximum number of unknown argument names that a message or a record repeats. */
export const UNKNOWN_NAMES_MAX = 5;

/**
 * Returns the names in an object that are not known, at most one more than `UNKNOWN_NAMES_MAX`: the one more shows that there
 * are others. Stops there, so that thousands of names take no longer than a few.
 */
export function unknownNames(given: object, isKnown: (name: string) => boolean): string[] {
  const unknown: string[] = [];
  for (const name in given) {
    if (!isKnown(name)) unknown.push(name);
    if (unknown.length > UNKNOWN_NAMES_MAX) break;
  }
  return unknown;
}
