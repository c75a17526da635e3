import type { Decisions } from '../../../guard/approval/decisions.ts';
import type { PageSignInResult } from '../../../telemetry/observer.ts';
import type { PageSignIn } from './sign-in.ts';

/** What the page uses. */
export interface ApprovalRoutesOptions {
  readonly decisions: Decisions;
  readonly signIn: PageSignIn;
  /** Signs the cookies of sessions and the nonces of forms. */
  readonly sessionKey: Uint8Array;
  /** Signs the cookies of sign-ins under way. */
  readonly signInKey: Uint8Array;
  /** The origin at which browsers see the page. */
  readonly publicOrigin: string;
  readonly log: (line: string) => void;
  /** Counts sign-ins by their end. */
  readonly onSignIn?: ((result: PageSignInResult) => void) | undefined;
  /** Where requests are kept: in this process, or in a store that replicas share. */
  readonly storeName: 'memory' | 'shared';
}
