import { CmkError, type ErrorCode } from '../core/errors.ts';
import { sanitize } from '../core/sanitize.ts';

/** Takes one line, resolving when it is written; rejects when it cannot be. */
export type LineSink = (line: string) => Promise<void>;

/** The longest value that a line repeats of one argument, in characters. */
const VALUE_MAX = 600;

/** How much may wait, in characters: what a pipe takes without parting it from its neighbours (`PIPE_BUF`). */
const BATCH_MAX = 4_096;

/** Who calls, and whether that client could put a question to a human. */
interface Caller {
  readonly caller: string;
  readonly supportsElicitation: boolean;
}

/** How a call ended. */
export interface Outcome {
  /** `ok`, `approval_asked`, or the code of the failure. */
  readonly outcome: 'ok' | 'approval_asked' | ErrorCode;
  readonly http_status: number | undefined;
  readonly api_requests: number;
}

/** Where the records of calls go: standard error always, and a file where one is set. */
export class AuditLog {
  readonly #stderr: LineSink;
  readonly #file: string | undefined;
  readonly #redact: (text: string) => string;
  #waiting = '';

  constructor(stderr: LineSink, redact: (text: string) => string, file?: string) {
    this.#stderr = stderr;
    this.#file = file;
    this.#redact = redact;
  }

  /**
   * Writes to standard error what waits for the end of this turn of the event loop, in one go: under load, writing each
   * line by itself is a tenth of the work. Rejects when that cannot be written, which is the caller's to hear or not.
   */
  flush(): Promise<void> {
    const lines = this.#waiting;
    this.#waiting = '';
    const shown = lines === '' ? Promise.resolve() : this.#stderr(lines);
    shown.catch(() => {}); // A host that does not read standard error must not slow calls down.
    return shown;
  }

  /** Writes a line about what is no call; not durable. Rejects when the file cannot be written. */
  note(event: 'sign_in_refused' | 'completion', fields: Record<string, unknown>): Promise<void> {
    return this.#write({ time: new Date().toISOString(), event, ...fields }, false);
  }

  /** Starts the record of one call; its arguments may be anything. */
  open(tool: string, known: readonly string[], given: unknown, caller: Caller): CallRecord {
    const common = { tool, caller: caller.caller, client_can_ask: caller.supportsElicitation };
    return new CallRecord((entry, durable) => this.#write(entry, durable), common, readGiven(known, given));
  }

  /**
   * Writes one line. The file, where there is one, is the record that counts: the line is appended whole, and on disk
   * before this resolves if it must be durable. It is opened anew for each line, so that it can be rotated.
   */
  async #write(entry: object, durable: boolean): Promise<void> {
    const line = `${this.#redact(JSON.stringify(entry))}\n`;
    if (this.#waiting === '') setImmediate(() => this.flush());
    this.#waiting += line;
    if (durable || this.#waiting.length > BATCH_MAX) {
      const shown = this.flush();
      if (durable && !this.#file) return shown;
    }
    if (!this.#file) return;
    const { open } = await import('node:fs/promises');
    const file = await open(this.#file, 'a', 0o600);
    try {
      await file.appendFile(line);
      if (durable) await file.datasync();
    } finally {
      await file.close();
    }
  }
}

/** The record of one call: a line when it ends, and one before each write it makes. */
export class CallRecord {
  /** Also in the error result, so that a report of a user leads to the record. */
  readonly callId = crypto.randomUUID();
  /** The project worked in, which may be the one a server is limited to rather than one given. */
  project: unknown;
  /** Whose word the call rested on, once it is known. */
  approval: string | undefined;
  readonly #started = performance.now();
  readonly #write: (entry: object, durable: boolean) => Promise<void>;
  readonly #common: object;
  readonly #given: Given;

  constructor(write: (entry: object, durable: boolean) => Promise<void>, common: object, given: Given) {
    this.#write = write;
    this.#common = common;
    this.#given = given;
    this.project = given.project;
  }

  /** Records a write that is about to be sent. @throws CmkError `audit_failed`: the write must not be sent then. */
  async intend(request: string): Promise<void> {
    try {
      await this.#write(this.#entry('intent', { request }), true);
    } catch (cause) {
      const message = `The audit record of ${request} could not be written; it was not sent.`;
      throw new CmkError('audit_failed', message, { cause });
    }
  }

  /** Records how the call ended. Rejects when it cannot; the result of the call stands all the same. */
  end(outcome: Outcome): Promise<void> {
    return this.#write(this.#entry('call', { ...outcome, ms: Math.round(this.milliseconds()) }), false);
  }

  /** How long the call has taken so far. */
  milliseconds(): number {
    return performance.now() - this.#started;
  }

  #entry(event: 'intent' | 'call', rest: object): object {
    const { callId: call_id, project, approval } = this;
    const { cmk_id, arguments: args } = this.#given;
    return {
      time: new Date().toISOString(),
      event,
      call_id,
      ...this.#common,
      project,
      cmk_id,
      arguments: args,
      approval,
      ...rest,
    };
  }
}

interface Given {
  readonly project: unknown;
  readonly cmk_id: unknown;
  readonly arguments: object;
}

/** The arguments as a line may repeat them: only known ones with their values, for any other may be anything. */
function readGiven(known: readonly string[], given: unknown): Given {
  const entries = Object.entries(given ?? {});
  const values = entries
    .filter(([name]) => known.includes(name))
    .map(([name, value]) => [name, shorten(value)] as const);
  const unknown = entries.flatMap(([name]) => (known.includes(name) ? [] : [sanitize(name, 60)])).slice(0, 5);
  const args = Object.fromEntries(values);
  return {
    project: args.project,
    cmk_id: args.cmk_id,
    arguments: { ...args, ...(unknown.length > 0 && { unknown_arguments: unknown }) },
  };
}

function shorten(value: unknown): unknown {
  if (typeof value === 'boolean' || typeof value === 'number' || value === null) return value;
  return typeof value === 'string' ? sanitize(value, VALUE_MAX) : '(not a plain value)';
}
