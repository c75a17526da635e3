import { describeGrants } from './grants-view.ts';
import { describeKey, tableOfKeys } from './key-view.ts';
import type { Paper } from './paper.ts';
import { forPerson } from './person.ts';
import { describePlan } from './plan-view.ts';
import { tableOfServices } from './service-view.ts';
import { isRecord, recordsIn, show } from './text.ts';
import { describeWarnings } from './warnings-view.ts';

type Payload = Readonly<Record<string, unknown>>;

/** What a command has done, where its result does not say so itself. */
const DONE: Readonly<Record<string, string>> = {
  create: 'Registered.',
  update: 'Updated.',
  delete: 'Deleted.',
};

/** Returns the text of each field of a result; undefined for a field that another one tells. */
const PARTS: Readonly<Record<string, (value: unknown, paper: Paper, payload: Payload) => string | undefined>> = {
  cmks: (value, paper) => tableOfKeys(recordsIn(value), paper),
  cmk: (value, paper) => (isRecord(value) ? describeKey(value, paper) : undefined),
  total: () => undefined, // A command prints all.
  accessors: () => undefined,
  grants: (value, paper, { accessors }) =>
    describeGrants(recordsIn(value), isRecord(accessors) ? accessors : {}, paper),
  services: (value, paper) => tableOfServices(recordsIn(value), paper),
  services_unknown: (_value, paper) => paper.text('Aiven did not report which services use this key.'),
  service: (value, paper) => (isRecord(value) ? paper.fields(Object.entries(value)) : undefined),
  plan: (value, paper) => (isRecord(value) ? describePlan(value, paper) : undefined),
  warnings: (value, paper) => describeWarnings(value, paper),
  approval: (value, _paper, { approved_by }) => {
    if (value === 'form' && approved_by === 'human') return 'Approved on this terminal.'; // A shell's form is its terminal.
    if (value === 'argument') return 'Approved by the command itself: nobody was asked.';
    return `Approved: ${show(value)}, by ${show(approved_by)}.`;
  },
  approved_by: () => undefined,
  note: (value, paper) => paper.text(forPerson(show(value))),
  meaning: (value, paper) => paper.text(forPerson(show(value))),
};

/** Returns a result as a person reads it. A field that is not known here is shown as JSON, so that nothing is left out. */
export function describeResult(command: string, payload: Payload, paper: Paper): string {
  const done = 'plan' in payload ? 'Dry run: nothing was sent.' : DONE[command];
  const parts = Object.entries(payload).flatMap(([name, value]) => {
    const part = PARTS[name];
    return part ? (part(value, paper, payload) ?? []) : paper.fields([[name, value]]);
  });
  return [...(done ? [paper.colors.bold(done)] : []), ...parts].join('\n\n');
}
