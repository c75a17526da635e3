/** Who makes a call. */
export interface Caller {
  /** What audit lines and messages call the caller: the signed-in subject, or else the client's own name. */
  readonly name: string;
  /**
   * Identifies the caller to guards: issuer and subject of a signed-in caller; the same text for everyone where nobody
   * signs in, because a name that a client gives itself identifies nobody.
   */
  readonly id: string;
  /** The issuer of the caller's access token; absent for static tokens and without sign-in. */
  readonly issuer?: string;
  /** The remote address; absent over stdio. */
  readonly address?: string;
  /** What the caller may do; absent where no sign-in is asked for. */
  readonly scopes?: readonly string[];
}

/** The `id` of every caller that did not sign in. */
export const ANONYMOUS = 'anonymous';
