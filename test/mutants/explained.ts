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
export const EXPLAINED: readonly Explained[] = [
  {
    file: 'src/guard/access-policy/decide.ts',
    code: "about.filter(({ effect }) => effect === 'allow')",
    replacement: 'about',
    why: 'a rule that denies has denied the project where it matches, and covers its own patterns where no project is named',
  },
  {
    file: 'src/guard/access-policy/decide.ts',
    code: "effect === 'allow'",
    replacement: 'true',
    why: 'a rule that denies has denied the project where it matches, and covers its own patterns where no project is named',
  },
  {
    file: 'src/guard/access-policy/rule.ts',
    code: "''",
    replacement: '"Stryker was here!"',
    why: 'a text that is split always has a first part; TypeScript does not know that',
  },
  {
    file: 'src/guard/approval/expiring-set.ts',
    code: 'this.#expiries.size >= this.#max',
    replacement: 'true',
    why: 'removing what has expired earlier than needed changes nothing that can be asked for',
  },
  {
    file: 'src/guard/approval/form.ts',
    code: "''",
    replacement: '"Stryker was here!"',
    why: 'a matched character always has a code point; TypeScript does not know that',
  },
  {
    file: 'src/guard/approval/form.ts',
    code: 'character.codePointAt(0)?.toString',
    replacement: 'character.codePointAt(0).toString',
    why: 'a matched character always has a code point; TypeScript does not know that',
  },
  {
    file: 'src/guard/approval/expiry.ts',
    code: 'rest() + KEPT_MS > 0',
    replacement: 'rest() + KEPT_MS >= 0',
    why: 'one millisecond of an hour',
  },
  {
    file: 'src/guard/approval/memory-store.ts',
    code: 'Math.max(0, endOf(record) - Date.now())',
    replacement: 'Math.min(0, endOf(record) - Date.now())',
    why: 'who waits then reads the record again at once, which shows in processor time alone',
  },
  {
    file: 'src/guard/approval/memory-store.ts',
    code: 'next.state !== before.state',
    replacement: 'true',
    why: 'who waits reads the record once more',
  },
  {
    file: 'src/guard/approval/page-approval.ts',
    code: "decided.state !== 'approved'",
    replacement: 'false',
    why: 'the store then refuses the use, and the record that it returns leads to the same error',
  },
  {
    file: 'src/guard/approval/plan.ts',
    code: 'one < other',
    replacement: 'one <= other',
    why: 'no two members of an object have the same name',
  },
  {
    file: 'src/guard/approval/tickets.ts',
    code: '{ cause }',
    replacement: '{}',
    why: 'the cause of a refusal is kept for a debugger; it decides nothing and no client sees it',
  },
];
