/** A mutant that no test can kill, or none needs to. */
export interface Explained {
  readonly file: string;
  /** The code that is replaced, and by what, as the report shows them. */
  readonly code: string;
  readonly replacement: string;
  /** Why nobody can tell the two apart, or why it does not matter. */
  readonly why: string;
}

/** Every surviving mutant; one that is not here fails `npm run test:mutants`, and so does an entry that is killed. */
export const EXPLAINED: readonly Explained[] = [];
