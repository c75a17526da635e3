import type { ErrorCode } from '../../src/core/errors.ts';

/** What the page about errors says of a code, beside what the code itself says. */
export interface ErrorText {
  /** When it is given, in one sentence. */
  readonly means: string;
  /** Whether a write of this call may have been carried out. */
  readonly written: 'no' | 'perhaps';
  /** The tools that alone give it; all tools where it is absent. */
  readonly tools?: readonly string[];
}

/** The headings of the page, each with the codes below it. */
export type ErrorGroups = readonly (readonly [heading: string, about: string, codes: readonly ErrorCode[]])[];

/** The groups of the page. A test checks that each code has one. */
export const ERROR_GROUPS: ErrorGroups = [
  [
    'Refused before anything was sent',
    'By the server, from the arguments and from who calls.',
    ['invalid_arguments', 'project_not_allowed', 'scope_missing', 'policy_denied', 'confirmation_mismatch'],
  ],
  [
    'Refused because of the key or the service',
    'By the server, after it has read the present state.',
    ['cmk_in_use', 'use_unknown', 'already_deleted', 'cmk_not_current'],
  ],
  [
    'Approval',
    'By the gate before a deletion or a move ([how it works](approval.md)). Nothing was deleted or moved in any of these cases.',
    [
      'approval_pending',
      'approval_unavailable',
      'approval_declined',
      'approval_cancelled',
      'approval_empty',
      'approval_wrong_id',
      'approval_timed_out',
      'approval_failed',
      'approval_unasked',
      'approval_stale',
      'approval_used',
      'approval_withdrawn',
    ],
  ],
  [
    'From the Aiven API',
    'They come from reads, which are tried up to three times, or from a write that was certainly not carried out. The message quotes what the API said, as one sanitized line.',
    [
      'bad_request',
      'unauthorized',
      'forbidden',
      'not_found',
      'conflict',
      'pending',
      'rate_limited',
      'api_error',
      'api_unreachable',
      'api_timeout',
      'unexpected_response',
    ],
  ],
  [
    'A write whose response was lost',
    'The server has read the state back, and says what it found. A write that was found to be done is a success with `reconciled: true`.',
    ['outcome_unknown', 'not_deleted', 'cancelled'],
  ],
  ['From the server itself', 'For its operator.', ['audit_failed', 'invalid_settings', 'restart_needed', 'internal']],
];

const [DELETE, ASSIGN] = ['aiven_cmk_delete', 'aiven_cmk_assign'];
const GATED = [DELETE, ASSIGN];

const approval = (means: string): ErrorText => ({ means, written: 'no', tools: GATED });
const api = (means: string, written: ErrorText['written'] = 'no'): ErrorText => ({ means, written });

/** What the page says of each code. */
export const ERROR_TEXTS: Readonly<Record<ErrorCode, ErrorText>> = {
  invalid_arguments: api('An argument is missing, unknown, or not of the form that the message names.'),
  project_not_allowed: api('The server is limited to other projects by `--project`.'),
  scope_missing: api('The caller, who is signed in over HTTP, lacks the scope that the tool takes.'),
  policy_denied: api('The policy of the server does not allow this caller this tool in this project.'),
  confirmation_mismatch: {
    means: '`confirm_cmk_id` is not `cmk_id` to the letter.',
    written: 'no',
    tools: [DELETE],
  },
  cmk_in_use: {
    means: 'Services use the key, or are moving to or from it; the message names them.',
    written: 'no',
    tools: [DELETE],
  },
  use_unknown: {
    means: 'It cannot be known whether a service uses the key, and no person was asked who could approve exactly that.',
    written: 'no',
    tools: [DELETE],
  },
  already_deleted: { means: 'The key has the status `deleted` already.', written: 'no', tools: [DELETE] },
  cmk_not_current: { means: 'The key to move to is not `current`.', written: 'no', tools: [ASSIGN] },
  approval_pending: approval('A person has to decide first, on the page whose link `error.approval.url` is.'),
  approval_unavailable: approval('A person has to be asked, and nobody can be; the message says why.'),
  approval_declined: approval('A person declined, now or a moment ago.'),
  approval_cancelled: approval('The person closed the form, or cancelled the question on the terminal.'),
  approval_empty: approval('The person accepted the form without typing anything.'),
  approval_wrong_id: approval('What the person typed is not the id of the key or the name of the service.'),
  approval_timed_out: approval(
    'Nobody decided within `AIVEN_CMK_APPROVAL_TIMEOUT_MS`, or an approval was not used in time.',
  ),
  approval_failed: approval('The client failed to show the form, or returned nothing that a person entered.'),
  approval_unasked: approval('A response came that belongs to no form of this server, this caller and this request.'),
  approval_stale: api('What the person was shown has changed since: the key, its use, or the policy.'),
  approval_used: approval('The approval was used before; one counts for one write.'),
  approval_withdrawn: approval('The requester withdrew the request on the page, or did not want to open it.'),
  bad_request: api('The API refused the request as wrong.'),
  unauthorized: api('The Aiven token is missing, wrong, expired or revoked.'),
  forbidden: api('The token’s user lacks the operator role in the project, or the project lacks access to CMK.'),
  not_found: api('The API says that the project, the key or the service does not exist.'),
  conflict: api('The key is registered already, or the API reports another conflict.'),
  pending: api('An operation at Aiven that depends on the key is still in progress.'),
  rate_limited: api('The API limits this token, and asks to wait longer than a call may take.'),
  api_error: api('The API failed while the server read something.'),
  api_unreachable: api('No connection to the API was made, or it broke before a response.'),
  api_timeout: api('The API, or the whole call, took longer than its limit.'),
  unexpected_response: api(
    'The response is a redirect, no JSON, or JSON of another shape: often a proxy or a login page.',
  ),
  outcome_unknown: api('The response to a write was lost, and reading back did not show what was done.', 'perhaps'),
  not_deleted: {
    means: 'The response to a deletion was lost, and the key still exists.',
    written: 'perhaps',
    tools: [DELETE],
  },
  cancelled: api('The client cancelled the call. A write that was sent before is not taken back.', 'perhaps'),
  audit_failed: api('The audit line that comes before a write could not be written, so the write was not sent.'),
  invalid_settings: api('A setting is not understood. It stops the start, with exit code 2; no tool gives it.'),
  restart_needed: api('A file of the program was replaced or removed while it ran, by an upgrade for example.'),
  internal: api('A defect; standard error has the stack.', 'perhaps'),
};
