import { AWS, ID } from './scripted-api.ts';

/** The tools that read, with arguments that pass every check made before a request. */
export const READS = [
  ['aiven_cmk_accessors', {}],
  ['aiven_cmk_list', {}],
  ['aiven_cmk_get', { cmk_id: ID }],
] as const;

/** The tools that write, with such arguments, and the code of a write that `looks` shows as not done. */
export const WRITES = [
  ['aiven_cmk_create', { provider: 'aws', resource: AWS }, 'outcome_unknown'],
  ['aiven_cmk_update', { cmk_id: ID, default_cmk: false }, 'outcome_unknown'],
  ['aiven_cmk_delete', { cmk_id: ID, confirm_cmk_id: ID }, 'not_deleted'],
] as const;

/** Answers with a status of success that hold no success. */
export const NONSENSE = [
  ['nothing', ''],
  ['HTML', '<html>signed out</html>'],
  ['broken JSON', '{"cmk": {"id": "1'],
  ['null', 'null'],
  ['a list', '[]'],
  ['another shape', { cmk: 'gone', cmks: {}, accessors: [] }],
  ['a key without an id', { cmk: {}, cmks: [{}], accessors: 1 }],
  ['over 4 MiB', 'x'.repeat(4 * 1024 * 1024 + 1)],
] as const;
