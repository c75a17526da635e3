import ky, { HTTPError, type Options } from 'ky';
import type * as z from 'zod';
import { CmkError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import { type Fetch, NOT_CONNECTED, requireStatus } from './fetch/node.ts';
import { parseResponse, readText, toFailure } from './response.ts';
import { LONGEST_WAIT_MS, READ_TRIES, RETRIED_STATUSES, requestedWait } from './retry.ts';

/** Where the API is and how to talk to it. */
export interface Connection {
  readonly origin: string;
  readonly token: Secret;
  /** The longest one attempt may take, its answer's body included, in milliseconds. */
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** Carries the requests; the sandbox stands in here. */
  readonly fetch: Fetch;
}

/** What bounds and observes the requests of one tool call. */
export interface RequestContext {
  /** Aborts the call: cancelled by the client, or out of time; a CmkError as its reason is what the call throws. */
  readonly signal: AbortSignal;
  /** When the call is out of time, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Runs around a write; the write is not sent when it throws before. */
  readonly aroundWrite: <T>(request: string, send: () => Promise<T>) => Promise<T>;
  /** Hears of each attempt and its answer's status, `none` where there was no answer. */
  readonly onAttempt: (method: string, status: number | 'none') => void;
  /** Hears of what makes the call take longer: a read that is tried again, a look at what a lost write did. */
  readonly onDelay: (why: 'retry' | 'read_back') => void;
}

/** Failures of a connection that happen before a request can have left. */
const NEVER_SENT = new RegExp(
  `^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|${NOT_CONNECTED}|UND_ERR_CONNECT_TIMEOUT|ERR_TLS.*|UNABLE_TO_.*|.*CERT.*|PROXY_\\d+)$`,
);

/** HTTP to the API for one tool call: reads are tried up to three times, writes are sent once. */
export class HttpClient {
  /** Attempts made so far. */
  requests = 0;
  /** The status of the latest answer. */
  status: number | undefined;
  readonly #connection: Connection;
  readonly #scope: RequestContext;
  readonly #options: Options;
  /** The bodies of answers, which are read once. */
  readonly #texts = new WeakMap<Response, string>();

  constructor(connection: Connection, scope: RequestContext) {
    this.#connection = connection;
    this.#scope = scope;
    this.#options = this.#common();
  }

  /** Whether the call is over, cancelled or out of time, so that no more can be found out. */
  get over(): boolean {
    return this.#scope.signal.aborted;
  }

  /** Tells that what a write did has to be looked up. */
  looking(): void {
    this.#scope.onDelay('read_back');
  }

  /** A GET, tried again where that may help. @throws CmkError */
  read<T extends z.ZodType>(route: string, schema: T): Promise<z.output<T>> {
    return this.#exchange(`GET /${route}`, route, schema, { method: 'GET', retry: this.#retries() });
  }

  /** A write, sent at most once. @throws CmkError, `ambiguous` where it may have been carried out all the same. */
  write<T extends z.ZodType>(method: string, route: string, schema: T, json?: object): Promise<z.output<T>> {
    const request = `${method} /${route}`;
    return this.#scope.aroundWrite(request, () =>
      this.#exchange(request, route, schema, { method, ...(json && { json }) }),
    );
  }

  async #exchange<T extends z.ZodType>(request: string, route: string, schema: T, options: Options) {
    const { token } = this.#connection;
    try {
      const response = await ky(route, { ...this.#options, ...options });
      return parseResponse(request, response.status, token.redact(this.#textOf(response)), schema);
    } catch (error) {
      throw await this.#translate(request, error);
    }
  }

  #common(): Options {
    const { origin, token, timeoutMs, userAgent, fetch } = this.#connection;
    return {
      prefixUrl: origin,
      headers: { accept: 'application/json', authorization: `Bearer ${token.expose()}`, 'user-agent': userAgent },
      redirect: 'manual',
      retry: 0,
      signal: this.#scope.signal,
      timeout: timeoutMs,
      hooks: { beforeRetry: [() => this.#scope.onDelay('retry')] },
      fetch: (input) => this.#attempt(fetch, input as Request), // ky calls fetch with a Request only.
    };
  }

  async #attempt(fetch: Fetch, request: Request): Promise<Response> {
    this.requests += 1;
    let status: number | 'none' = 'none';
    try {
      const response = await fetch(request);
      this.status = response.status;
      status = response.status;
      await this.#read(response);
      return response;
    } finally {
      this.#scope.onAttempt(request.method, status);
    }
  }

  /** Reads an answer's body as part of the attempt, so that time limits and retries cover it. */
  async #read(response: Response): Promise<void> {
    requireStatus(response.status);
    this.#texts.set(response, await readText(response));
  }

  #textOf(response: Response): string {
    return this.#texts.get(response) ?? '';
  }

  #retries(): Exclude<Options['retry'], number | undefined> {
    let wait: number | undefined;
    return {
      limit: READ_TRIES - 1,
      methods: ['get'],
      shouldRetry: async ({ error }) => {
        wait = undefined;
        if (error instanceof CmkError || this.#scope.signal.aborted) return false;
        if (!(error instanceof HTTPError)) return true;
        if (!RETRIED_STATUSES.has(error.response.status)) return false;
        wait = requestedWait(error.response.headers, this.#textOf(error.response));
        return wait === undefined || wait <= Math.min(LONGEST_WAIT_MS, this.#scope.deadline - Date.now());
      },
      delay: (attempt) => wait ?? 300 * 2 ** (attempt - 1),
      jitter: (delay) => wait ?? delay * (0.5 + Math.random()),
    };
  }

  async #translate(request: string, error: unknown): Promise<CmkError> {
    if (error instanceof CmkError) return error;
    if (error instanceof HTTPError) {
      const { response } = error;
      const text = this.#connection.token.redact(this.#textOf(response));
      return toFailure(request, response.status, text, requestedWait(response.headers, text));
    }
    const { signal } = this.#scope;
    if (signal.aborted) {
      if (signal.reason instanceof CmkError) return signal.reason;
      return new CmkError('cancelled', `The call was cancelled during ${request}.`, { ambiguous: true });
    }
    if (error instanceof Error && error.name === 'TimeoutError') {
      return new CmkError('api_timeout', `Aiven did not answer ${request} in time.`, { ambiguous: true });
    }
    const code = reason(error);
    const message = `Aiven could not be reached for ${request}: ${code ?? 'the connection failed'}.`;
    return new CmkError('api_unreachable', message, { ambiguous: !NEVER_SENT.test(code ?? '') });
  }
}

/** Why a connection failed, in the system's own code where there is one; messages may hold addresses of proxies. */
function reason(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return undefined;
}

/** Whether the API answers at all, whatever it says, and its clock then; asked without the token. */
export async function reach(
  { fetch, origin, userAgent }: Connection,
  timeoutMs: number,
): Promise<{ date: number | undefined } | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  const request = new Request(origin, { headers: { 'user-agent': userAgent }, redirect: 'manual', signal });
  try {
    const response = await fetch(request);
    await response.body?.cancel();
    const date = Date.parse(response.headers.get('date') ?? '');
    return { date: Number.isNaN(date) ? undefined : date };
  } catch {
    return undefined;
  }
}
