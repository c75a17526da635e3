import type { Decisions } from '../../../guard/approval/decisions.ts';
import type { SignInMethod } from './sign-in-method.ts';

/** What the page uses. */
export interface ApprovalRoutesOptions {
  readonly decisions: Decisions;
  readonly signIn: SignInMethod;
  /** Signs the cookies of sessions and the nonces of forms. */
  readonly sessionKey: Uint8Array;
  /** The cookie of sessions and how long they last, in seconds; the default is 15 minutes. */
  readonly session?: { readonly name: string; readonly seconds: number };
  /** The origin at which browsers see the page. */
  readonly publicOrigin: string;
  readonly log: (line: string) => void;
  /** Where requests are kept: in this process, which may be one of several replicas or stands alone, or in a store that they share. */
  readonly storeName: 'memory' | 'own' | 'shared';
}
