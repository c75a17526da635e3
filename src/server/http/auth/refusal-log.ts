import { sanitize } from '../../../core/sanitize.ts';
import type { AuditLog } from '../../../telemetry/audit.ts';

/** Maximum number of lines per minute, of one address and of all, so that many bad tokens do not fill a disk. */
const LINES_OF_ADDRESS = 10;
const LINES = 100;
const WINDOW_MS = 60_000;

/** Writes refused sign-ins to the audit log. Each line has the number of lines that were left out before it. */
export class RefusalLog {
  readonly #audit: Pick<AuditLog, 'note'>;
  readonly #log: (line: string) => void;
  readonly #issuer: string | undefined;
  #windowEnd = 0;
  #lines = new Map<string, number>();
  #total = 0;
  #suppressed = 0;

  constructor(audit: Pick<AuditLog, 'note'>, log: (line: string) => void, issuer: string | undefined) {
    this.#audit = audit;
    this.#log = log;
    this.#issuer = issuer;
  }

  /** Writes a line, unless the limit of this minute is reached. The reason may hold foreign text. */
  write(address: string, reason: string): void {
    if (this.#isFull(address)) {
      this.#suppressed += 1;
      return;
    }
    const suppressed = this.#suppressed;
    this.#suppressed = 0;
    const fields = { address, issuer: this.#issuer, reason: sanitize(reason), ...(suppressed > 0 && { suppressed }) };
    this.#audit
      .note('sign_in_refused', fields)
      .catch((error) => this.#log(`the audit record of a refused sign-in could not be written: ${String(error)}`));
  }

  #isFull(address: string): boolean {
    if (performance.now() >= this.#windowEnd) {
      this.#windowEnd = performance.now() + WINDOW_MS;
      this.#lines = new Map();
      this.#total = 0;
    }
    const lines = this.#lines.get(address) ?? 0;
    if (lines >= LINES_OF_ADDRESS || this.#total >= LINES) return true;
    this.#lines.set(address, lines + 1);
    this.#total += 1;
    return false;
  }
}
