import { CmkError, ERRORS, type ErrorBody, type ErrorCode } from '../../../core/errors.ts';
import { sanitize } from '../../../core/sanitize.ts';
import type { Paper } from './paper.ts';
import { forPerson } from './person.ts';

const NOTHING_DONE = 'Nothing was deleted or moved.';

/** The next step for a person, where that of `ERRORS` is for a model. */
const HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  invalid_arguments: 'Nothing was sent. --help shows what the command takes.',
  project_not_allowed: 'Nothing was sent. --project and AIVEN_CMK_PROJECT say which projects may be used.',
  confirmation_mismatch: 'Nothing was deleted. Read the key with aiven_cmk_get, and give its id twice.',
  cmk_in_use:
    'Nothing was deleted. Move these services to another key with aiven_cmk_assign, and wait until the moves are done.',
  use_unknown:
    'Nothing was deleted: a service that uses the key would stop. Try again later, or on a terminal without --yes.',
  approval_declined: NOTHING_DONE,
  approval_cancelled: NOTHING_DONE,
  approval_empty: NOTHING_DONE,
  approval_wrong_id: `${NOTHING_DONE} Run the command again, and type the id exactly.`,
  approval_timed_out: `${NOTHING_DONE} Run the command again when there is time to decide.`,
  approval_failed: NOTHING_DONE,
  approval_unasked: NOTHING_DONE,
  approval_stale: `${NOTHING_DONE} It changed in the meantime: run the command again.`,
  approval_used: NOTHING_DONE,
  approval_withdrawn: NOTHING_DONE,
  approval_unavailable: `${NOTHING_DONE} Run the command on a terminal, where you can be asked.`,
  audit_failed: 'Nothing was sent. Make AIVEN_CMK_AUDIT_FILE or standard error writable.',
  unauthorized: 'Create a new token at https://console.aiven.io/profile/tokens: this one is missing, wrong or expired.',
  not_found: 'Check the project; aiven_cmk_list shows the ids of its keys.',
  outcome_unknown:
    'The change may or may not have been made. Check with aiven_cmk_list in a minute, before you try again.',
  not_deleted: 'The deletion may still happen: check with aiven_cmk_get in a minute.',
  cancelled: 'If it was a write, check with aiven_cmk_list what was done.',
  api_timeout: 'Try again later, or set AIVEN_CMK_TIMEOUT_MS and AIVEN_CMK_DEADLINE_MS higher.',
};

const { missing: MISSING } = ERRORS.not_found;

/** The next step for a person where one thing is missing, by the hint for a model. */
const HINTS_OF_MISSING: ReadonlyMap<string, string> = new Map([
  [MISSING.project, 'Check the project: it is the name, not the title, and your token has to have access to it.'],
  [MISSING.cmk, 'The project has no such key, or no longer: aiven_cmk_list shows the ids of its keys.'],
  [MISSING.service, 'The project has no such service. Check its name.'],
]);

/** Returns a failure as a person reads it: what is wrong, and the next step. */
export function describeError({ code, message, hint }: ErrorBody, paper: Paper): string {
  const { colors } = paper;
  const line = (label: string, text: string) => {
    const clean = sanitize(forPerson(text), Number.POSITIVE_INFINITY);
    return paper.text(`${label} ${clean}`).replace(label, label === 'error:' ? colors.red(label) : colors.bold(label));
  };
  // A hint of its own says more than the one of its code.
  const isOwn = hint !== new CmkError(code, '').toBody().hint;
  const told = isOwn ? (HINTS_OF_MISSING.get(hint) ?? hint) : (HINTS[code] ?? hint);
  return [line('error:', message), line('hint:', told)].join('\n');
}
