/** The failure of a request that got no whole response. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  /** The system's code, such as `ECONNRESET`. The system's message is left out: it may hold the address of a proxy. */
  readonly code: string | undefined;
  /** Whether the request may have left this machine. */
  readonly sent: boolean;

  constructor(cause: unknown, sent: boolean, code = codeOf(cause)) {
    super('The request failed.', { cause });
    this.code = code;
    this.sent = sent;
  }
}

/** Returns the first code in a chain of causes. */
function codeOf(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return undefined;
}
