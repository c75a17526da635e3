import type { Column, Paper } from './paper.ts';
import { recordsIn, show, showDay } from './text.ts';

type Key = Readonly<Record<string, unknown>>;

/** What people call the fields of a key, in the order in which they are shown. */
const FIELDS: Readonly<Record<string, string>> = {
  id: 'id',
  provider: 'cloud',
  resource: 'key',
  status: 'status',
  default_cmk: 'default',
  created_at: 'created',
  updated_at: 'updated',
};

/** Returns the fields of a key, those that later versions of the API add included. */
export function describeKey(key: Key, paper: Paper): string {
  const known = Object.keys(FIELDS).filter((name) => name in key);
  const others = Object.keys(key).filter((name) => !(name in FIELDS));
  return paper.fields([...known, ...others].map((name) => [FIELDS[name] ?? name, key[name]] as const));
}

/** Returns keys as a table, or says that there are none. */
export function tableOfKeys(keys: readonly Key[], paper: Paper): string {
  if (keys.length === 0) return 'This project has no keys.';
  const column = (title: string, fit: Column['fit'], cell: (key: Key) => string): Column => ({
    title,
    fit,
    cells: keys.map(cell),
  });
  const services = keys.some(({ services: given }) => Array.isArray(given));
  return paper.table([
    column('ID', 'whole', ({ id }) => show(id)),
    column('STATUS', 'whole', ({ status }) => show(status)),
    column('CLOUD', 'whole', ({ provider }) => show(provider)),
    column('DEFAULT', 'whole', ({ default_cmk }) => show(default_cmk)),
    column('KEY', 'short', ({ resource }) => show(resource)),
    ...(services ? [column('SERVICES', 'short', ({ services: given }) => namesOf(given))] : []),
    column('CREATED', 'optional', ({ created_at }) => showDay(created_at)),
  ]);
}

function namesOf(services: unknown): string {
  return show(recordsIn(services).map(({ service_name }) => show(service_name)));
}
