import { version } from './folder.ts';
import { play } from './part.ts';
import type { Row } from './rows.ts';

export const COLUMNS = ['client', 'version', 'transport', 'protocol', 'listed', 'called', 'refused', 'approved'];

/** What is counted of a row: its protocol, and each column that says what it could do. */
const COUNTED = COLUMNS.slice(3);

/** What came of a row. */
export interface Verdict {
  readonly cells: readonly string[];
  readonly passed: number;
  readonly failures: readonly string[];
}

/** Lets a client play both parts over one transport. */
export async function judge(row: Row): Promise<Verdict> {
  const round = await play(row, 'round');
  const approval = await play(row, 'approval');
  const results = new Map<string, string | undefined>();
  for (const [step, failure] of [...round.steps, ...approval.steps]) results.set(step, results.get(step) ?? failure);
  const speaks = [...new Set([round.speaks, approval.speaks])].join('+');
  results.set('protocol', speaks === row.speaks ? undefined : `${speaks}, not ${row.speaks}`);
  for (const step of COUNTED) if (!results.has(step)) results.set(step, 'not reached');
  const holds = (step: string) => results.get(step) === undefined;
  const verdicts = COUNTED.slice(1).map((step) => {
    if (!holds(step)) return 'FAILED';
    return step === 'approved' && !row.asks ? '–' : 'yes';
  });
  return {
    cells: [row.client, version(row.package), row.transport, speaks, ...verdicts],
    passed: COUNTED.filter(holds).length,
    failures: [...results].flatMap(([step, failure]) =>
      failure === undefined ? [] : [`${row.client} over ${row.transport}: ${step}: ${failure}`],
    ),
  };
}
