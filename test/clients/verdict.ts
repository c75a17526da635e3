import { version } from './folder.ts';
import { play } from './part.ts';
import type { Row } from './rows.ts';

export const COLUMNS = [
  'client',
  'version',
  'transport',
  'protocol',
  'listed',
  'called',
  'refused',
  'approved',
  'page',
];

/** What came of a row. */
export interface Verdict {
  readonly cells: readonly string[];
  readonly passed: number;
  readonly failures: readonly string[];
}

/** Lets a client play its parts over one transport. */
export async function judge(row: Row): Promise<Verdict> {
  const round = await play(row, 'round');
  const approval = await play(row, 'approval');
  const page = row.page ? await play(row, 'page') : undefined;
  const parts = [round, approval, ...(page ? [page] : [])];
  const results = new Map<string, string | undefined>();
  for (const [step, failure] of parts.flatMap(({ steps }) => [...steps]))
    results.set(step, results.get(step) ?? failure);
  const speaks = [...new Set(parts.map((part) => part.speaks))].join('+');
  results.set('protocol', speaks === row.speaks ? undefined : `${speaks}, not ${row.speaks}`);
  // What is counted of a row: its protocol, and each column that says what it could do.
  const counted = COLUMNS.slice(3).filter((step) => step !== 'page' || row.page);
  for (const step of counted) if (!results.has(step)) results.set(step, 'not reached');
  const holds = (step: string) => results.get(step) === undefined;
  const verdicts = COLUMNS.slice(4).map((step) => {
    if (!holds(step)) return 'FAILED';
    return (step === 'approved' && !row.asks) || (step === 'page' && !row.page) ? '–' : 'yes';
  });
  return {
    cells: [row.client, version(row.package), row.transport, speaks, ...verdicts],
    passed: counted.filter(holds).length,
    failures: [...results].flatMap(([step, failure]) =>
      failure === undefined ? [] : [`${row.client} over ${row.transport}: ${step}: ${failure}`],
    ),
  };
}
