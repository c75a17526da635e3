import type { Paper } from './paper.ts';
import { isRecord, show } from './text.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Returns per cloud whom to grant access, and the commands that do it, each whole on its line to be copied. */
export function describeGrants(grants: readonly Fields[], accessors: Fields, paper: Paper): string {
  const described = new Set(grants.map(({ cloud }) => cloud));
  const others = Object.entries(accessors).filter(([cloud]) => !described.has(cloud));
  return [
    ...grants.map((grant) => describeGrant(grant, paper)),
    ...others.map(([cloud, fields]) => section(cloud, [paper.fields(fieldsOf(fields), '  ')], paper)),
  ].join('\n\n');
}

function describeGrant({ cloud, statements, commands, note, ...fields }: Fields, paper: Paper): string {
  const parts = [
    paper.fields(Object.entries(fields), '  '),
    lines('statements', statements, paper),
    lines('commands', commands, paper),
    ...(note === undefined ? [] : [paper.text(show(note), '  ')]),
  ];
  return section(show(cloud), parts, paper);
}

function section(title: string, parts: readonly string[], paper: Paper): string {
  return [paper.colors.bold(show(title)), ...parts.filter(Boolean)].join('\n');
}

function lines(title: string, values: unknown, paper: Paper): string {
  if (!Array.isArray(values) || values.length === 0) return '';
  return [`  ${paper.colors.dim(title)}`, ...values.map((value) => `    ${show(value)}`)].join('\n');
}

function fieldsOf(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : [['principal', value]];
}
