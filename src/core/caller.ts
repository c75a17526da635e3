/** Who makes a call. */
export interface Caller {
  /** The signed-in subject or static token's name; otherwise the name that the client gives itself. */
  readonly name: string;
  /** The OpenID Connect issuer that vouches for the name. */
  readonly issuer?: string;
  /** The network address that the request came from. */
  readonly address?: string;
  /** What the caller is allowed; absent where no sign-in was asked for. */
  readonly scopes?: readonly string[];
}
