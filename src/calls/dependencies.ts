import type { Connection } from '../aiven/http.ts';
import type { CurrentPolicy } from '../guard/access-policy/access-policy.ts';
import type { Approvals } from '../guard/approval/approval.ts';
import type { Toolset } from '../guard/policy.ts';
import type { AuditLog } from '../telemetry/audit.ts';
import type { Observer } from '../telemetry/observer.ts';
import type { Tracer } from '../telemetry/tracer.ts';
import type { InFlight } from './in-flight.ts';

/** Modules and objects that only calls need, loaded at the first call. */
export type Lazy = typeof import('./lazy.ts') & { readonly approvals: Approvals };

/** The objects and settings that all calls of a process share. */
export interface Dependencies {
  readonly connection: Connection;
  readonly audit: AuditLog;
  /** Maximum time of one round of a call, in milliseconds, without the time that a person takes. */
  readonly deadlineMs: number;
  /** Maximum time for a person to respond, in milliseconds. */
  readonly approvalTimeoutMs: number;
  /** The only projects that calls may name; empty for any. */
  readonly projects: readonly string[];
  /** Who may do what; absent where no policy is set. */
  readonly policy?: CurrentPolicy | undefined;
  /** The groups of tools that are available. */
  readonly toolsets: readonly Toolset[];
  /** The address of the approval page; absent where none is configured. */
  readonly approvalPageUrl?: string;
  readonly inFlight: InFlight;
  /** Loads the modules that only calls need, once. @throws CmkError `restart_needed` if their files are gone. */
  readonly load: () => Promise<Lazy>;
  readonly observer?: Observer;
  readonly tracer: Tracer;
  /** Writes a line for the operator, such as a defect or an audit record that could not be written. */
  readonly log: (line: string) => void;
}
