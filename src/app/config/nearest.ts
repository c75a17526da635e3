/** Returns the known name with the smallest edit distance to a name; `reduce` first removes parts that do not matter. */
export function nearest(name: string, known: readonly string[], reduce: (name: string) => string): string | undefined {
  const distances = known.map((each) => [each, editDistance(reduce(name), reduce(each))] as const);
  return distances.toSorted(([, one], [, other]) => one - other)[0]?.[0];
}

/** Returns the number of insertions, deletions, replacements and swaps of neighbours between two texts (Damerau). */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 2] === to[column - 1] && from[row - 1] === to[column - 2];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return last[to.length] ?? 0;
}
