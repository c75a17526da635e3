/** Who makes a call. */
export interface Caller {
  /** The name in audit lines and messages: the signed-in subject, or else the client's own name. */
  readonly name: string;
  /**
   * Identifies the caller for guards: issuer and subject of a signed-in caller. Without sign-in it is `ANONYMOUS` for
   * every caller, because a name that a client gives itself identifies nobody.
   */
  readonly id: string;
  /** The issuer of the caller's access token; absent for static tokens and without sign-in. */
  readonly issuer?: string;
  /** The remote address; absent over stdio. */
  readonly address?: string;
  /** The scopes granted to the caller; absent where no sign-in is required. */
  readonly scopes?: readonly string[];
}

/** The `id` of every caller that did not sign in. */
export const ANONYMOUS = 'anonymous';
