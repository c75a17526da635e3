import type { HttpBindings } from '@hono/node-server';
import type { AuthInfo } from '@modelcontextprotocol/server';

/** The values that the middlewares of `/mcp` pass on. */
export interface HttpEnv {
  Bindings: HttpBindings;
  Variables: {
    /** The caller; `extra` is a `CallerDetails`. */
    authInfo: AuthInfo;
    /** Counts more calls against the caller's limits until the response ends. Resolves with the response that rejects them, if any. */
    acquire: (calls: number) => Promise<Response | undefined>;
  };
}

/** A caller's details beside its name and scopes: `AuthInfo.extra`. */
export interface CallerDetails {
  /** The remote address of the connection, which may be that of a proxy. */
  readonly address: string;
  /** The issuer of the caller's access token; absent for static tokens. */
  readonly issuer?: string;
  /** Of the access token, the claims that the policy names; absent without a policy. */
  readonly claims?: Readonly<Record<string, readonly string[]>>;
  /** A short hash of a static token: two deployments may give one name to two tokens. */
  readonly credential?: string;
  /** `Caller.id` of the person to whom a static token belongs. */
  readonly owner?: string;
  /** The caller did not sign in, because no sign-in is set. */
  readonly anonymous?: true;
}
