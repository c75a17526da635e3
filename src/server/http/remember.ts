/**
 * Returns a function that calls `load` once for all concurrent calls, and keeps its result for `resultMs` and its failure for
 * `failureMs` milliseconds.
 */
export function remember<T>(load: () => Promise<T>, resultMs: number, failureMs = 0): () => Promise<T> {
  let latest: { readonly result: Promise<T>; until: number } | undefined;
  return () => {
    if (latest && latest.until > performance.now()) return latest.result;
    const current = { result: load(), until: Number.POSITIVE_INFINITY };
    const keepFor = (milliseconds: number) => () => {
      current.until = performance.now() + milliseconds;
    };
    current.result.then(keepFor(resultMs), keepFor(failureMs));
    latest = current;
    return current.result;
  };
}
