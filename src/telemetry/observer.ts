import type { Outcome } from './audit.ts';

/** Receives what calls do, for metrics. */
export interface Observer {
  /** A call ended; its duration is in milliseconds. */
  call(tool: string, outcome: Outcome['outcome'], milliseconds: number): void;
  /** A person was asked, or approved. */
  approval(result: 'asked' | 'approved'): void;
  /** A request to the API was attempted; `none` where there was no response. */
  request(method: string, status: number | 'none'): void;
  /** A read is tried again. */
  retry(): void;
}
