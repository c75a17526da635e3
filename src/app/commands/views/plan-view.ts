import { describeKey } from './key-view.ts';
import type { Paper } from './paper.ts';
import { tableOfServices } from './service-view.ts';
import { isRecord, recordsIn, show } from './text.ts';
import { describeWarnings } from './warnings-view.ts';

/** Returns what a call would do: the thing as it is or would be, what would change, and warnings. */
export function describePlan(plan: Readonly<Record<string, unknown>>, paper: Paper): string {
  const { action, before, after, services, warnings } = plan;
  const thing = isRecord(before) ? before : isRecord(after) ? after : {};
  const changes = isRecord(before) && isRecord(after) ? changesOf(before, after) : [];
  const parts = [
    paper.fields([['action', action]]),
    'id' in thing || 'provider' in thing ? describeKey(thing, paper) : paper.fields(Object.entries(thing)),
    changes.length > 0 ? ['Would change:', ...changes.map((change) => `  ${change}`)].join('\n') : undefined,
    services === undefined ? undefined : tableOfServices(recordsIn(services), paper),
    describeWarnings(warnings, paper),
  ];
  return parts.filter((part) => part !== undefined && part !== '').join('\n\n');
}

function changesOf(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string[] {
  const names = Object.keys(after).filter((name) => show(before[name]) !== show(after[name]));
  return names.map((name) => `${show(name)}: ${show(before[name])} -> ${show(after[name])}`);
}
