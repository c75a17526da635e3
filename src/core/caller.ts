/** Who makes a call. */
export interface Caller {
  /** The name in audit lines and messages: the signed-in subject, or else the client's own name. */
  readonly name: string;
  /**
   * Identifies the caller for guards: issuer and subject of a signed-in caller. Without sign-in it is `ANONYMOUS` for
   * every caller, because a name that a client gives itself identifies nobody.
   */
  readonly id: string;
  /** The client's name as it gives it itself; proves nothing. */
  readonly client: string;
  /** The `id` of the person that the caller counts as: its own where a person signed in, or the owner of a static token. */
  readonly person?: string;
  /** The issuer of the caller's access token; absent for static tokens and without sign-in. */
  readonly issuer?: string;
  /** The remote address; absent over stdio. */
  readonly address?: string;
  /** The scopes granted to the caller; absent where no sign-in is required. */
  readonly scopes?: readonly string[];
  /** Of the caller's access token, the claims that the policy names, as lists of texts; absent where there is no policy. */
  readonly claims?: Readonly<Record<string, readonly string[]>>;
}

/** The `id` of every caller that did not sign in. */
export const ANONYMOUS = 'anonymous';

/**
 * Returns the `id` of a caller that signed in: by its issuer and subject, or by a static token's name and a short hash of the
 * token, since two deployments may give one name to two tokens.
 */
export function callerId(subject: string, issuer: string | undefined, credential = ''): string {
  return JSON.stringify([issuer ?? 'static', credential, subject]);
}

/** Returns the subject in an `id` that `callerId` returned, for people to read; any other text unchanged. */
export function subjectOf(id: string): string {
  try {
    const parts: unknown = JSON.parse(id);
    return Array.isArray(parts) && parts.length === 3 ? String(parts[2]) : id;
  } catch {
    return id;
  }
}
