import type { Hono } from 'hono';
import type { Person } from '../../../guard/approval/decisions.ts';
import type { HttpEnv } from '../http-env.ts';
import type { Sessions } from './session.ts';

/** How people sign in on the page: with an issuer, or with a code that the server gave to its own user. */
export interface SignInMethod {
  /** Adds `GET /sign-in` and the other routes that end in a session. */
  addRoutes(app: Hono<HttpEnv>, sessions: Sessions): void;
  /** Whether a person signed in as a decision takes it: not too long ago, and in the way that is asked for. */
  isFresh(person: Person): boolean;
  /** The one script that `GET /sign-in` may run; absent where no page runs any. */
  readonly script?: string;
}
