import type { Caller } from '../core/caller.ts';
import { CmkError, type ErrorCode } from '../core/errors.ts';
import { sanitize } from '../core/sanitize.ts';
import { UNKNOWN_NAMES_MAX, unknownNames } from '../core/unknown-names.ts';
import type { AuditFile } from './audit-file.ts';
import { GroupedLines, type LineSink } from './grouped-lines.ts';

/** Maximum length of the value of one argument in a line, in characters. */
const VALUE_MAX = 600;

/** Maximum time that `flush()` waits for standard error to be read, in milliseconds. */
const FLUSH_MS = 200;

/** The caller, whether its client can show a form to a person, and the trace that the call belongs to. */
interface Session {
  readonly caller: Caller;
  readonly supportsElicitation: boolean;
  readonly traceId?: string | undefined;
}

/** How a call ended. */
export interface Outcome {
  /** `ok`, `approval_requested`, or the code of the failure. */
  readonly outcome: 'ok' | 'approval_requested' | ErrorCode;
  readonly http_status: number | undefined;
  readonly api_requests: number;
}

/** Writes the audit log: to standard error always, and to a file, where its lines are linked, if one is set. */
export class AuditLog {
  readonly #stderr: GroupedLines;
  readonly #file: AuditFile | undefined;
  readonly #redact: (text: string) => string;
  readonly #onFailure: (() => void) | undefined;
  /** How many calls are in progress. */
  #open = 0;

  /** `onFailure` is called for each line that could not be written where it counts. */
  constructor(stderr: LineSink, redact: (text: string) => string, file?: AuditFile, onFailure?: () => void) {
    this.#stderr = new GroupedLines(stderr);
    this.#onFailure = onFailure;
    this.#file = file;
    this.#redact = redact;
  }

  /** Resolves when all lines are written, or standard error is not read; rejects when one cannot be written. */
  async flush(): Promise<void> {
    const unread = new Promise<void>((resolve) => setTimeout(resolve, FLUSH_MS).unref());
    await Promise.all([this.#file?.flush(), Promise.race([this.#stderr.flush(), unread])]);
  }

  /** Opens the record of one call; `given` are its unchecked arguments. */
  open(tool: string, known: readonly string[], given: unknown, session: Session): CallRecord {
    const { caller, supportsElicitation, traceId: trace_id } = session;
    const { name, issuer, address } = caller;
    const common = { trace_id, tool, caller: name, issuer, address, client_supports_elicitation: supportsElicitation };
    this.#open += 1;
    const write = {
      intent: (entry: object) => this.#write(entry, true),
      end: (entry: object) => {
        this.#open -= 1;
        return this.#write(entry, false);
      },
    };
    return new CallRecord(write, common, readGiven(known, given));
  }

  /** Records an event other than a call; `fields` are unchecked. Rejects when it cannot be written. */
  note(event: 'sign_in_refused' | 'completion' | 'resource', fields: Readonly<Record<string, unknown>>): Promise<void> {
    const values = Object.entries(fields).map(([name, value]) => [name, shorten(value)] as const);
    return this.#write({ time: new Date().toISOString(), event, ...Object.fromEntries(values) }, false);
  }

  /**
   * Records an event on which something else depends: on disk, or written to standard error, when this resolves. Its values
   * were checked by the caller. Rejects when it cannot be written.
   */
  event(event: string, fields: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#write({ time: new Date().toISOString(), event, ...fields }, true);
  }

  /**
   * Writes one line. The file, where there is one, is the record that counts: the line is on disk before this resolves
   * if it must be durable. Without a file, a durable line is written when this resolves, and any other was handed over.
   */
  async #write(entry: object, durable: boolean): Promise<void> {
    const line = `${this.#redact(JSON.stringify(entry))}\n`;
    // A line waits for others only while there are calls from which they may come (docs/decisions/0024).
    const isGrouped = !durable && this.#open > 0;
    const shown = isGrouped ? this.#stderr.add(line) : this.#stderr.write(line);
    try {
      if (this.#file) await this.#file.append(line, durable);
      else if (isGrouped || durable) await shown;
    } catch (error) {
      this.#onFailure?.();
      throw error;
    }
  }
}

/** Writes the lines of one call. */
interface RecordWriter {
  readonly intent: (entry: object) => Promise<void>;
  readonly end: (entry: object) => Promise<void>;
}

/** The record of one call: a line when it ends, and one before each write it makes. */
export class CallRecord {
  /** Also in the error result, so that a user's report can be matched with the audit log. */
  readonly callId = crypto.randomUUID();
  /** The project of the call; the default where the arguments name none. */
  project: unknown;
  /** Whose word the call rested on, once it is known. */
  approval: { readonly approval: string; readonly approved_by: unknown } | undefined;
  /** What the policy said, once it was asked: its digest, and the rules that decided, `null` where none matched. */
  policy: { readonly digest: string; readonly rule: string | null; readonly approval?: object } | undefined;
  readonly #started = performance.now();
  readonly #write: RecordWriter;
  readonly #common: object;
  readonly #given: Given;

  constructor(write: RecordWriter, common: object, given: Given) {
    this.#write = write;
    this.#common = common;
    this.#given = given;
    this.project = given.project;
  }

  /** Records a write that is about to be sent. @throws CmkError `audit_failed`, in which case it must not be sent. */
  async intend(request: string): Promise<void> {
    try {
      await this.#write.intent(this.#entry('intent', { request }));
    } catch (cause) {
      const message = `The audit record of ${request} could not be written; it was not sent.`;
      throw new CmkError('audit_failed', message, { cause });
    }
  }

  /** Records how the call ended. Rejects when it cannot be written, which does not change the result of the call. */
  end(outcome: Outcome): Promise<void> {
    return this.#write.end(this.#entry('call', { ...outcome, ms: Math.round(this.milliseconds()) }));
  }

  /** Returns how long the call has taken so far. */
  milliseconds(): number {
    return performance.now() - this.#started;
  }

  #entry(event: 'intent' | 'call', rest: object): object {
    const { callId: call_id, project, approval, policy } = this;
    const { cmk_id, arguments: args } = this.#given;
    return {
      time: new Date().toISOString(),
      event,
      call_id,
      ...this.#common,
      project,
      cmk_id,
      arguments: args,
      policy,
      ...approval,
      ...rest,
    };
  }
}

interface Given {
  readonly project: unknown;
  readonly cmk_id: unknown;
  readonly arguments: object;
}

/** Returns the arguments for an audit line: known ones with their values, and up to five names of others. */
function readGiven(known: readonly string[], given: unknown): Given {
  const all = typeof given === 'object' && given !== null ? given : {};
  const args: Record<string, unknown> = {};
  for (const name of known) if (Object.hasOwn(all, name)) args[name] = shorten(Reflect.get(all, name));
  const others = unknownNames(all, (name) => known.includes(name)).slice(0, UNKNOWN_NAMES_MAX);
  const unknown_arguments = others.map((name) => sanitize(name, 60));
  return {
    project: args.project,
    cmk_id: args.cmk_id,
    arguments: { ...args, ...(unknown_arguments.length > 0 && { unknown_arguments }) },
  };
}

function shorten(value: unknown): unknown {
  if (typeof value === 'boolean' || typeof value === 'number' || value === null || value === undefined) return value;
  return typeof value === 'string' ? sanitize(value, VALUE_MAX) : '(not a plain value)';
}
