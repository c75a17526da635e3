import { sanitize } from '../../core/sanitize.ts';

/** Returns what `export --terraform` prints on standard output: the configuration alone, so that it can go to a file. */
export function exportText(payload: Readonly<Record<string, unknown>>): string {
  return String(payload.hcl).trimEnd();
}

/** Returns a line for standard error about each key that the configuration leaves out. */
export function exportWarnings({ skipped }: Readonly<Record<string, unknown>>): string[] {
  const keys: readonly { id?: unknown; why?: unknown }[] = Array.isArray(skipped) ? skipped : [];
  return keys.map(({ id, why }) => sanitize(`CMK ${String(id)} is left out: ${String(why)}.`));
}
