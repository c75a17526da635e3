/** One kind of failure: the next step for the caller, and whether the same call may succeed later. */
export interface ErrorInfo {
  readonly hint: string;
  readonly retryable: boolean;
  /** The hint where a tool that `hint` names is not available. */
  readonly without?: { readonly tool: string; readonly hint: string };
  /** The hints by what does not exist, where that is known. */
  readonly missing?: Readonly<Record<Missing, string>>;
}

/** An object that the API says does not exist. */
export type Missing = 'project' | 'cmk' | 'service';

const REFUSED: ErrorInfo = {
  hint: 'Nothing was deleted or moved. Tell the user. Do not retry without new instructions.',
  retryable: false,
};

/** Every failure that this server reports, as a closed list. A code never changes its meaning. */
export const ERRORS = {
  invalid_arguments: {
    hint: 'Nothing was sent. Correct the arguments named in the message and call again.',
    retryable: false,
  },
  project_not_allowed: {
    hint: 'Nothing was sent. This server is limited to the projects in the message; ask its operator for others.',
    retryable: false,
  },
  scope_missing: {
    hint: 'Nothing was sent. Ask the operator of this server for a sign-in with the scope in the message.',
    retryable: false,
  },
  policy_denied: {
    hint: 'Nothing was sent. Tell the user; what this caller may do is for the operator of this server to change. Do not retry, and do not try another way.',
    retryable: false,
  },
  confirmation_mismatch: {
    hint: 'Nothing was deleted. Read the key with aiven_cmk_get, make sure it is the intended one, and repeat its id in confirm_cmk_id. Do not guess.',
    retryable: false,
  },
  cmk_in_use: {
    hint: 'Nothing was deleted. If the user wishes, move these services to another key or to an Aiven-managed key with aiven_cmk_assign, one at a time, wait until aiven_cmk_services lists none, then ask the user again.',
    without: {
      tool: 'aiven_cmk_assign',
      hint: 'Nothing was deleted. The user has to move these services to another key or to an Aiven-managed key first: in the Aiven Console, with avn service update --cmk-id, or by aiven_cmk_assign, which this server offers with --toolsets cmk,services. Check with aiven_cmk_get and include_services, then ask the user again.',
    },
    retryable: false,
  },
  already_deleted: {
    hint: 'Nothing was sent: the key is gone from the project already. Tell the user. The key in the cloud’s KMS is not affected.',
    retryable: false,
  },
  use_unknown: {
    hint: 'Nothing was deleted: a service that uses the key would stop. Check with aiven_cmk_get and include_services later, or use a client that supports elicitation, so that a person can decide. Do not retry without new instructions.',
    retryable: false,
  },
  cmk_not_current: {
    hint: 'Nothing was changed. A service can move only to a key whose status is current: choose one with aiven_cmk_list.',
    retryable: false,
  },
  approval_declined: REFUSED,
  approval_cancelled: REFUSED,
  approval_empty: REFUSED,
  approval_wrong_id: REFUSED,
  approval_timed_out: REFUSED,
  approval_failed: REFUSED,
  approval_unasked: REFUSED,
  approval_stale: REFUSED,
  approval_used: REFUSED,
  approval_withdrawn: REFUSED,
  approval_pending: {
    hint: 'Nothing was deleted or moved yet. Show the link to the user, who decides there; then call again with the same arguments. Do not open the link yourself.',
    retryable: true,
  },
  approval_unavailable: {
    hint: 'Nothing was deleted or moved. Use a client that supports elicitation, or ask the operator about --approval. Do not retry without new instructions.',
    retryable: false,
  },
  audit_failed: {
    hint: 'Nothing was sent. Ask the operator to make AIVEN_CMK_AUDIT_FILE or standard error writable: no write is made without a record.',
    retryable: false,
  },
  bad_request: {
    hint: 'Correct what the message names. Do not repeat the call unchanged.',
    retryable: false,
  },
  unauthorized: {
    hint: 'Ask the operator of this server for a new Aiven token: this one is missing, wrong or expired. Do not retry without it.',
    retryable: false,
  },
  forbidden: {
    hint: 'Ask a project admin to give the token’s user the operator role in this project. If it has the role, ask Aiven for access to CMK: it is a BYOC enterprise feature, for newly created BYOC services.',
    retryable: false,
  },
  not_found: {
    hint: 'Check the project name, and take the CMK id from aiven_cmk_list. Do not guess ids.',
    missing: {
      project:
        'Check the project name with the user; the resource aiven://projects lists those that the token can see.',
      cmk: 'The project has no such key. Take the id from aiven_cmk_list, and do not guess ids. If the key was deleted before, nothing is left to do.',
      service: 'The project has no such service. Check the name with the user, and do not guess names.',
    },
    retryable: false,
  },
  conflict: {
    hint: 'Read the current state with aiven_cmk_list first: the requested key or setting may already exist.',
    retryable: false,
  },
  pending: {
    hint: 'Nothing was changed. An operation that depends on the key is still in progress. Call again in some minutes.',
    retryable: true,
  },
  rate_limited: { hint: 'Wait for the time in the message, or for a minute, then call again.', retryable: true },
  api_error: { hint: 'The fault is on the API’s side. Call again in a minute.', retryable: true },
  api_unreachable: { hint: 'Check the network, the proxy and AIVEN_CMK_API_ORIGIN, then call again.', retryable: true },
  api_timeout: { hint: 'Call again later, or ask the operator to raise the time limits.', retryable: true },
  unexpected_response: {
    hint: 'Check that AIVEN_CMK_API_ORIGIN is the Aiven API and that no proxy responds in its place.',
    retryable: false,
  },
  outcome_unknown: {
    hint: 'The change may or may not have been made. Check with aiven_cmk_list in a minute and tell the user the result. Do not repeat the call before that.',
    retryable: false,
  },
  not_deleted: {
    hint: 'Check with aiven_cmk_get in a minute: the deletion may still happen. Do not retry without new instructions.',
    retryable: false,
  },
  cancelled: {
    hint: 'The client cancelled the call. If it was a write, check with aiven_cmk_list what was done.',
    retryable: false,
  },
  restart_needed: {
    hint: 'Nothing was sent. Ask the user to restart this server: its files were replaced or removed while it ran.',
    retryable: false,
  },
  invalid_settings: { hint: 'Correct the setting and start again; --help lists them.', retryable: false },
  internal: { hint: 'This is a defect in aiven-cmk-mcp: please report it with the message.', retryable: false },
} as const satisfies Record<string, ErrorInfo>;

/** A failure code of the closed list. */
export type ErrorCode = keyof typeof ERRORS;

/** A failure in a tool's result. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  hint: string;
  retryable: boolean;
  /** The status of the API's response; absent where there was none. */
  http_status?: number;
  /** With `approval_pending`: where a person decides. */
  approval?: PendingApproval;
}

/** A request for approval that waits for a decision, as the caller reads it. */
export interface PendingApproval {
  readonly id: string;
  /** The page on which a person decides; it opens nothing by itself. */
  readonly url: string;
  /** When the request ends without a decision, RFC 3339 in UTC. */
  readonly expires_at: string;
  /** When to call again, in seconds. */
  readonly retry_after_s: number;
}

interface Details {
  readonly cause?: unknown;
  readonly httpStatus?: number | undefined;
  readonly ambiguous?: boolean;
  readonly approval?: PendingApproval;
  readonly apiMessage?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly hint?: string;
  readonly retryable?: boolean;
  readonly missing?: Missing | undefined;
}

/** A failure of this server, the only error class: a code of the closed list, and a sentence that states what happened. */
export class CmkError extends Error {
  override readonly name = 'CmkError';
  readonly code: ErrorCode;
  readonly httpStatus: number | undefined;
  /** Whether the request, if it was a write, may have been carried out despite the failure. */
  readonly ambiguous: boolean;
  /** The API's own message as one line; undefined where the response did not have the API's error form. */
  readonly apiMessage: string | undefined;
  /** Time to wait before a retry, in milliseconds, where the API gives one. */
  readonly retryAfterMs: number | undefined;
  /** With `approval_pending`: where a person decides. */
  readonly approval: PendingApproval | undefined;
  /** The next step, and whether the same call may succeed later, where the cause has others than its code. */
  readonly #own: Partial<ErrorInfo>;
  /** With `not_found`: what the API says does not exist, if it does. */
  readonly missing: Missing | undefined;

  constructor(code: ErrorCode, message: string, details: Details = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.httpStatus = details.httpStatus;
    this.ambiguous = details.ambiguous ?? false;
    this.apiMessage = details.apiMessage;
    this.retryAfterMs = details.retryAfterMs;
    this.approval = details.approval;
    const { hint, retryable } = details;
    this.#own = { ...(hint !== undefined && { hint }), ...(retryable !== undefined && { retryable }) };
    this.missing = details.missing;
  }

  /** Returns a thrown CmkError as it is, and `internal` for all other values, which are defects; its message omits them. */
  static from(thrown: unknown): CmkError {
    if (thrown instanceof CmkError) return thrown;
    return new CmkError('internal', 'The server failed to handle the call.', { cause: thrown });
  }

  /**
   * Returns the failure with its hint, or else that of its code, as a tool's result holds it. `isAvailable` tells whether the hint
   * may name a tool.
   */
  toBody(isAvailable: (tool: string) => boolean = () => true): ErrorBody {
    const info: ErrorInfo = { ...ERRORS[this.code], ...this.#own };
    const { without, retryable } = info;
    const fitting = without && !isAvailable(without.tool) ? without.hint : info.hint;
    const hint = this.#own.hint ?? (this.missing && info.missing?.[this.missing]) ?? fitting;
    const status = this.httpStatus === undefined ? {} : { http_status: this.httpStatus };
    const approval = this.approval && { approval: this.approval };
    return { code: this.code, message: this.message, hint, retryable, ...status, ...approval };
  }
}
