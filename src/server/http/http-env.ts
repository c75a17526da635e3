import type { HttpBindings } from '@hono/node-server';
import type { AuthInfo } from '@modelcontextprotocol/server';

/** What the middlewares of `/mcp` hand on to each other. */
export interface HttpEnv {
  Bindings: HttpBindings;
  Variables: {
    /** The caller; `extra` is a `CallerDetails`. */
    authInfo: AuthInfo;
    /** Counts more calls against the caller's limits until the response ends. Resolves with the refusal, if any. */
    acquire: (calls: number) => Promise<Response | undefined>;
  };
}

/** What is known of a caller beside its name and scopes: `AuthInfo.extra`. */
export interface CallerDetails {
  /** The remote address of the connection: a proxy's, where there is one. */
  readonly address: string;
  /** The issuer of the caller's access token; absent for static tokens. */
  readonly issuer?: string;
  /** Tells static tokens of one name apart, also those of different deployments. */
  readonly credential?: string;
  /** The caller did not sign in, because no sign-in is set. */
  readonly anonymous?: true;
}
