import { readFileSync } from 'node:fs';
import type { ApiWrite } from './api.ts';
import type { Deletion } from './approvals.ts';
import type { Findings } from './findings.ts';
import type { Registration } from './load.ts';

/** What a run did, for the checks at its end. */
export interface Journal {
  readonly registrations: readonly Registration[];
  readonly deletions: readonly Deletion[];
  readonly writes: readonly ApiWrite[];
  readonly auditFiles: readonly string[];
  /** How often a replica was killed, each of which may cut one line. */
  readonly kills: number;
}

/** One line of an audit log, with what the checks read of it. */
interface Line {
  readonly event?: string;
  readonly request?: string;
  readonly arguments?: { readonly resource?: string };
  readonly approval_id?: string;
  readonly approved_by?: unknown;
}

/** Compares what reached the API with what people decided, and with what the audit logs say. */
export function check({ registrations, deletions, writes, auditFiles, kills }: Journal, findings: Findings): void {
  const sent = countBy(
    writes.filter(({ method }) => method === 'POST'),
    ({ resource = '' }) => resource,
  );
  for (const [resource, times] of sent)
    findings.require(times === 1, `no registration is repeated, as that of ${resource}`);
  for (const { resource, told } of registrations) {
    findings.require(told !== 'ok' || sent.has(resource), 'what a client is told was done was done');
  }
  const deleted = countBy(
    writes.filter(({ method }) => method === 'DELETE'),
    ({ path }) => path.split('/').at(-1) ?? '',
  );
  for (const { id, sent: approvals, told } of deletions) {
    const given = [...approvals.values()].filter((people) => people.size >= 2).length;
    const times = deleted.get(id) ?? 0;
    findings.require(
      times <= given,
      `no deletion without the approval of two people, nor twice by one (${times} of ${given})`,
    );
    findings.require(told !== 'ok' || times === 1, 'a deletion that succeeded was sent once');
    deleted.delete(id);
  }
  findings.require(deleted.size === 0, 'no key is deleted that nobody wanted to delete');
  checkAudit(
    auditFiles.flatMap((file) => readLines(file, findings)),
    { writes, kills },
    findings,
  );
}

function checkAudit(
  lines: readonly Line[],
  { writes, kills }: Pick<Journal, 'writes' | 'kills'>,
  findings: Findings,
): void {
  const intents = lines.filter(({ event }) => event === 'intent');
  const intended = countBy(intents, (line) => keyOf(line.request ?? '', line.arguments?.resource));
  for (const [key, times] of countBy(writes, ({ method, path, resource }) => keyOf(`${method} ${path}`, resource))) {
    findings.require((intended.get(key) ?? 0) >= times, `every write has its record before it, as ${key}`);
  }
  for (const { request, approved_by } of intents) {
    const isDeletion = request?.startsWith('DELETE');
    findings.require(
      !isDeletion || (Array.isArray(approved_by) && new Set(approved_by).size === 2),
      'a deletion names two people',
    );
  }
  const used = countBy(
    lines.filter(({ event }) => event === 'approval_used'),
    ({ approval_id = '' }) => approval_id,
  );
  for (const times of used.values()) findings.require(times === 1, 'no approval is used twice');
  findings.count('approvals used', used.size);
  findings.count('lines of the audit logs', lines.length);
  findings.count('kills of replicas', kills);
}

function readLines(file: string, findings: Findings): Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .flatMap((text): Line[] => {
      try {
        return [JSON.parse(text)];
      } catch {
        findings.count('lines that a kill cut');
        return [];
      }
    });
}

function keyOf(request: string, resource: string | undefined): string {
  return `${request} ${resource ?? ''}`;
}

function countBy<T>(values: readonly T[], key: (value: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(key(value), (counts.get(key(value)) ?? 0) + 1);
  return counts;
}
