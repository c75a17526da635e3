import { distance } from 'fastest-levenshtein';

/** Maximum share of a name's characters that may differ from one that is suggested for it. */
const SHARE_MAX = 0.4;

/**
 * Returns the known name with the smallest edit distance to a name, undefined if none is close; `reduce` first removes parts
 * that do not matter.
 */
export function nearest(
  name: string,
  known: readonly string[],
  reduce: (name: string) => string = (each) => each,
): string | undefined {
  const from = reduce(name).slice(0, 100);
  const distances = known.map((each) => [each, distance(from, reduce(each))] as const);
  const [best] = distances.toSorted(([, one], [, other]) => one - other);
  return best && best[1] <= Math.max(2, from.length * SHARE_MAX) ? best[0] : undefined;
}

/** Returns what an error message says about a name that is not known: the nearest one that is, and where all are listed. */
export function suggestion(
  name: string,
  known: readonly string[],
  reduce?: (name: string) => string,
  list = '--help lists all',
): string {
  const near = nearest(name, known, reduce);
  return near === undefined ? list : `did you mean ${near}? ${list}`;
}
