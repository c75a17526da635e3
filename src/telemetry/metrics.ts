import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Observer, PageSignInResult } from './observer.ts';

/** Outcomes of calls about which a person has yet to decide. */
const UNDECIDED = ['approval_requested', 'approval_pending'];

/** Counts what calls do, for `/metrics` in Prometheus text. */
export class Metrics implements Observer {
  readonly #registry = new Registry();
  readonly #calls = this.#counter('calls_total', 'Tool calls, by outcome', ['tool', 'outcome']);
  readonly #requests = this.#counter('api_requests_total', 'Attempts at requests to the Aiven API', [
    'method',
    'status',
  ]);
  readonly #retries = this.#counter('api_retries_total', 'Attempts that repeated a read', []);
  readonly #approvals = this.#counter('approvals_total', 'Questions to humans: asked, approved, refused', ['result']);
  readonly #events = this.#counter('approval_events_total', 'What happened to requests on the approval page', [
    'event',
  ]);
  readonly #storeFailures = this.#counter('approval_store_errors_total', 'Failed uses of the approval store', []);
  readonly #signIns = this.#counter('approval_sign_ins_total', 'Sign-ins on the approval page, by their end', [
    'result',
  ]);
  readonly #auditFailures = this.#counter('audit_failures_total', 'Audit lines that could not be written', []);
  readonly #webhookFailures = this.#counter('webhook_failures_total', 'Notices that were given up', []);
  readonly #http = this.#counter('http_responses_total', 'Responses at /mcp', ['status']);
  readonly #seconds = new Histogram({
    name: 'aiven_cmk_call_duration_seconds',
    help: 'Time from a tool call to its result',
    labelNames: ['tool'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [this.#registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  call(tool: string, outcome: string, milliseconds: number): void {
    this.#calls.inc({ tool, outcome });
    this.#seconds.observe({ tool }, milliseconds / 1_000);
    if (outcome.startsWith('approval_') && !UNDECIDED.includes(outcome)) this.approval('refused');
  }

  approval(result: 'asked' | 'approved' | 'refused'): void {
    this.#approvals.inc({ result });
  }

  approvalEvent(type: string): void {
    this.#events.inc({ event: type.replace('approval.', '') });
  }

  storeFailure(): void {
    this.#storeFailures.inc();
  }

  pageSignIn(result: PageSignInResult): void {
    this.#signIns.inc({ result });
  }

  auditFailure(): void {
    this.#auditFailures.inc();
  }

  webhookFailure(): void {
    this.#webhookFailures.inc();
  }

  /**
   * Adds what waits for a decision on the approval page. `pendingSince` resolves with when each pending request was made, in
   * milliseconds since the epoch. The values are not numbers while it rejects.
   */
  watchPending(pendingSince: () => Promise<readonly number[]>): void {
    // Read once for both: the registry collects them at the same time.
    let reading: Promise<readonly number[] | undefined> | undefined;
    const read = () => {
      reading ??= pendingSince()
        .catch(() => undefined)
        .finally(() => {
          reading = undefined;
        });
      return reading;
    };
    this.#gauge(
      'approvals_pending',
      'Requests that wait for a decision; the same on replicas that share a store',
      async () => {
        return (await read())?.length;
      },
    );
    this.#gauge('approval_oldest_pending_seconds', 'Age of the oldest of them, 0 without one', async () => {
      const since = await read();
      return since && Math.max(0, ...since.map((made) => (Date.now() - made) / 1_000));
    });
  }

  request(method: string, status: number | 'none'): void {
    this.#requests.inc({ method, status: String(status) });
  }

  retry(): void {
    this.#retries.inc();
  }

  response(status: number): void {
    this.#http.inc({ status: String(status) });
  }

  /** Returns all metrics as text, and its content type. */
  async text(): Promise<{ body: string; contentType: string }> {
    return { body: await this.#registry.metrics(), contentType: this.#registry.contentType };
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name: `aiven_cmk_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, read: () => Promise<number | undefined>): void {
    new Gauge({
      name: `aiven_cmk_${name}`,
      help,
      registers: [this.#registry],
      async collect() {
        this.set((await read()) ?? Number.NaN);
      },
    });
  }
}
