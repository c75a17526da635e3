/** What is known of one kind of failure: the next step for the caller, and whether the same call may work later. */
interface Kind {
  readonly hint: string;
  readonly retryable: boolean;
}

/** Every failure this server can report, as a closed list. A code never changes its meaning. */
const KINDS = {
  invalid_arguments: {
    hint: 'Nothing was sent. Correct the arguments named in the message and call again.',
    retryable: false,
  },
  confirmation_mismatch: {
    hint: 'Nothing was deleted. Read the key with aiven_cmk_get, make sure it is the one meant, and repeat its id in confirm_cmk_id. Do not guess.',
    retryable: false,
  },
  bad_request: {
    hint: 'Correct what the API names in the message. Do not repeat the call unchanged.',
    retryable: false,
  },
  unauthorized: {
    hint: 'Ask the operator of this server for a new Aiven token: this one is missing, wrong or expired. Do not retry before.',
    retryable: false,
  },
  forbidden: {
    hint: 'Ask a project admin to give the token’s user the operator role in this project. Also, CMK must be enabled for the organization.',
    retryable: false,
  },
  not_found: {
    hint: 'Check the project name, and take the CMK id from aiven_cmk_list. Do not guess ids.',
    retryable: false,
  },
  conflict: {
    hint: 'Read the current state with aiven_cmk_list or aiven_cmk_get before anything else. A key that services use cannot be deleted: move them to another key first.',
    retryable: false,
  },
  rate_limited: { hint: 'Wait as long as the message says, or a minute, then call again.', retryable: true },
  api_error: {
    hint: 'The fault is on the API’s side. After a read, call again in a minute; after a write, first look with aiven_cmk_list what was done.',
    retryable: true,
  },
  api_unreachable: {
    hint: 'Check the network, the proxy and AIVEN_API_ORIGIN. After a write, first look with aiven_cmk_list what was done.',
    retryable: true,
  },
  api_timeout: {
    hint: 'Call again later, or raise AIVEN_CMK_TIMEOUT_MS. After a write, first look with aiven_cmk_list what was done.',
    retryable: true,
  },
  unexpected_response: {
    hint: 'Check that AIVEN_API_ORIGIN is the Aiven API and that no proxy answers in its place. After a write, first look with aiven_cmk_list what was done.',
    retryable: false,
  },
  cancelled: {
    hint: 'The client cancelled the call. After a write, look with aiven_cmk_list what was done.',
    retryable: false,
  },
  invalid_settings: { hint: 'Correct the setting and start again; --help lists them.', retryable: false },
  internal: { hint: 'This is a defect in aiven-cmk-mcp: please report it with the message.', retryable: false },
} as const satisfies Record<string, Kind>;

/** The closed list of failure codes. */
export type ErrorCode = keyof typeof KINDS;

/** A failure as the caller reads it. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  hint: string;
  retryable: boolean;
  /** The status of the API's answer, where there was one. */
  http_status?: number;
}

/** The one error class: a code from the closed list and a sentence that states a fact and names the thing. */
export class CmkError extends Error {
  override readonly name = 'CmkError';
  readonly code: ErrorCode;
  readonly httpStatus: number | undefined;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; httpStatus?: number } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.httpStatus = options.httpStatus;
  }

  /** Any thrown value as a CmkError; what is not one yet is a defect and says so without its details. */
  static from(thrown: unknown): CmkError {
    if (thrown instanceof CmkError) return thrown;
    return new CmkError('internal', 'The server failed to handle the call.', { cause: thrown });
  }

  toBody(): ErrorBody {
    const { hint, retryable } = KINDS[this.code];
    const status = this.httpStatus === undefined ? {} : { http_status: this.httpStatus };
    return { code: this.code, message: this.message, hint, retryable, ...status };
  }
}
