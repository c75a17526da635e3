import type { Connection } from '../aiven/http.ts';
import type { Approvals } from '../guard/approval/approval.ts';
import type { AuditLog } from '../telemetry/audit.ts';
import type { Observer } from '../telemetry/observer.ts';
import type { InFlight } from './in-flight.ts';

/** What only calls need, loaded at the first one. */
export type Lazy = typeof import('./lazy.ts') & { readonly approvals: Approvals };

/** What calls use, for the length of a process. */
export interface Dependencies {
  readonly connection: Connection;
  readonly audit: AuditLog;
  /** Maximum time of one round of a call, in milliseconds; the time that a person takes does not count. */
  readonly deadlineMs: number;
  /** Maximum time that a person may take, in milliseconds. */
  readonly approvalTimeoutMs: number;
  /** The only projects that may be named; empty for any. */
  readonly projects: readonly string[];
  readonly inFlight: InFlight;
  /** Loads what only calls need, once. @throws CmkError `restart_needed` where its files are gone. */
  readonly load: () => Promise<Lazy>;
  readonly observer?: Observer;
  /** Writes a line for the operator: a defect, or a record that could not be written. */
  readonly log: (line: string) => void;
}
