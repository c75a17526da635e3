import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { Person } from '../../../guard/approval/decisions.ts';
import { SignedCookie } from './signed-cookie.ts';

/** How long a session lasts, in seconds. */
const SESSION_S = 900;

/** What a form does; a nonce counts for one of them. */
export type Action = RequestAction | 'sign-out';
export type RequestAction = 'approve' | 'decline' | 'withdraw';

/** A signed-in browser. */
export interface Session {
  /** Differs between sign-ins, so that a nonce of one counts in no other. */
  readonly sessionId: string;
  readonly person: Person;
}

const Session: z.ZodType<Session> = z.object({
  sessionId: z.string(),
  person: z
    .object({
      id: z.string(),
      name: z.string(),
      scopes: z.array(z.string()),
      authTime: z.number(),
      acr: z.string().optional(),
    })
    .transform(({ acr, ...person }) => ({ ...person, ...(acr !== undefined && { acr }) })),
});

/** Keeps sessions in signed cookies: nothing is stored here. Signing out removes the cookie from its browser. */
export class Sessions {
  readonly cookie: SignedCookie<Session>;
  readonly #key: Uint8Array;

  constructor(key: Uint8Array, secure: boolean, { name, seconds } = { name: 'cmk-approvals', seconds: SESSION_S }) {
    this.#key = key;
    this.cookie = new SignedCookie({ name, key, seconds, secure, schema: Session });
  }

  create(person: Person): Session {
    return { sessionId: randomBytes(16).toString('base64url'), person };
  }

  /**
   * Returns the nonce of a form: what the page showed with it, as a digest, and an HMAC over this, the session, the action and the
   * request that it is about.
   */
  nonceOf({ sessionId }: Session, action: Action, requestId = '', shown = ''): string {
    // No JWT is signed over such a text: what is signed of one starts with `eyJ`.
    const text = JSON.stringify(['nonce', sessionId, action, requestId, shown]);
    return `${shown}.${createHmac('sha256', this.#key).update(text).digest('base64url')}`;
  }

  /** Returns what the page showed with the form of a nonce; undefined where the nonce is not that of the form. */
  shownWith(given: string, session: Session, action: Action, requestId = ''): string | undefined {
    const [shown = ''] = given.split('.', 1);
    const wanted = Buffer.from(this.nonceOf(session, action, requestId, shown));
    const actual = Buffer.from(given);
    return actual.length === wanted.length && timingSafeEqual(actual, wanted) ? shown : undefined;
  }
}
