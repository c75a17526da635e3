import { setTimeout } from 'node:timers/promises';
import ky, { type Options } from 'ky';
import type * as z from 'zod';
import { CmkError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import type { Fetch } from './fetch/fetch.ts';
import { RequestError } from './fetch/request-error.ts';
import type { Route } from './path.ts';
import { parseResponse, toFailure } from './response.ts';
import { backOff, LONGEST_WAIT_MS, READ_TRIES, RETRIED_STATUSES, RETRY_BASE_MS, requestedWait } from './retry.ts';

/** The address of the API, and how requests to it are sent. */
export interface Connection {
  readonly origin: string;
  readonly token: Secret;
  /** Maximum time for one attempt, the response's body included, in milliseconds. */
  readonly timeoutMs: number;
  /** Base of the waits between tries of a read, in milliseconds; 300 unless set. */
  readonly retryBaseMs?: number;
  readonly userAgent: string;
  /** Sends the requests; with the sandbox, its in-memory API. */
  readonly fetch: Fetch;
}

/** One attempt at a request. */
export interface Attempt {
  readonly method: string;
  readonly origin: string;
  /** `Route.template`. */
  readonly template: string;
  /** How often the request was sent before. */
  readonly resent: number;
}

/** What follows an attempt. */
export interface StartedAttempt {
  /** Headers to send with it. */
  readonly headers: Readonly<Record<string, string>>;
  /** Called when it has ended, with the response's status, or without a response with the type of the error. */
  end(result: number | string): void;
}

/** What bounds and observes the requests of one tool call. */
export interface RequestContext {
  /** Aborts the call, when the client cancels it or its time is up. If the reason is a CmkError, the call throws it. */
  readonly signal: AbortSignal;
  /** When the call's time is up, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Wraps a write. If it throws before it calls `send`, the write is not sent. */
  readonly aroundWrite: <T>(request: string, send: () => Promise<T>) => Promise<T>;
  /** Called after each attempt with the response's status, or `none` without a response. */
  readonly onAttempt: (method: string, status: number | 'none') => void;
  /** Called before each attempt, for tracing; absent if nothing is traced. */
  readonly startAttempt?: ((attempt: Attempt) => StartedAttempt | undefined) | undefined;
  /** Called when the call takes longer, because a read is retried or the effect of a write is read back. */
  readonly onDelay: (why: 'retry' | 'read_back') => void;
}

/** Sends the HTTP requests of one tool call: reads are tried up to three times, writes are sent once. */
export class HttpClient {
  /** Attempts made so far. */
  requests = 0;
  /** The status of the latest response. */
  status: number | undefined;
  readonly #connection: Connection;
  readonly #context: RequestContext;

  constructor(connection: Connection, context: RequestContext) {
    this.#connection = connection;
    this.#context = context;
  }

  /** Whether the call was cancelled or its time is up, so that no more requests can be sent. */
  get over(): boolean {
    return this.#context.signal.aborted;
  }

  /** Reports that the effect of a write is about to be read back. */
  reportReadBack(): void {
    this.#context.onDelay('read_back');
  }

  /** Sends a GET, and retries it after failures that may be temporary. @throws CmkError */
  read<T extends z.ZodType>(route: Route, schema: T): Promise<z.output<T>> {
    return this.#exchange(`GET /${route.path}`, route, schema, { method: 'GET', retry: this.#retries() });
  }

  /** Sends a write, at most once. @throws CmkError, `ambiguous` if the write may have been carried out. */
  write<T extends z.ZodType>(method: string, route: Route, schema: T, json?: object): Promise<z.output<T>> {
    const request = `${method} /${route.path}`;
    return this.#context.aroundWrite(request, () =>
      this.#exchange(request, route, schema, { method, ...(json && { json }) }),
    );
  }

  async #exchange<T extends z.ZodType>(name: string, { path, template }: Route, schema: T, options: Options) {
    const { origin, token, timeoutMs, userAgent } = this.#connection;
    let resent = -1;
    const attempt = (request: Request) => {
      resent += 1;
      return this.#attempt(name, request, { method: request.method, origin, template, resent });
    };
    try {
      const response = await ky(path, {
        prefixUrl: origin,
        headers: { accept: 'application/json', authorization: `Bearer ${token.expose()}`, 'user-agent': userAgent },
        redirect: 'manual',
        retry: 0,
        timeout: timeoutMs,
        hooks: { beforeRetry: [() => this.#context.onDelay('retry')] },
        fetch: (request) => attempt(request as Request), // ky calls fetch with a Request only.
        ...options,
      });
      return parseResponse(name, response.status, token.redact(await response.text()), schema);
    } catch (error) {
      throw this.#toCmkError(name, error);
    }
  }

  /** Sends a request once. @throws CmkError for a response other than 2xx; the error of `fetch` without a response. */
  async #attempt(name: string, request: Request, attempt: Attempt): Promise<Response> {
    const { fetch, token } = this.#connection;
    const traced = this.#context.startAttempt?.(attempt);
    for (const [header, value] of Object.entries(traced?.headers ?? {})) request.headers.set(header, value);
    this.requests += 1;
    let status: number | undefined;
    let failure = '_OTHER';
    try {
      const response = await fetch(request, this.#context.signal);
      status = response.status;
      if (response.ok) return response;
      const text = token.redact(await response.text());
      throw toFailure(name, status, text, requestedWait(response.headers, text));
    } catch (error) {
      if (error instanceof CmkError) status = error.httpStatus;
      failure = typeOf(error);
      throw error;
    } finally {
      this.status = status ?? this.status;
      this.#context.onAttempt(request.method, status ?? 'none');
      traced?.end(status ?? failure);
    }
  }

  #retries(): Exclude<Options['retry'], number | undefined> {
    const { retryBaseMs = RETRY_BASE_MS } = this.#connection;
    return {
      limit: READ_TRIES - 1,
      methods: ['get'],
      shouldRetry: async ({ error, retryCount }) => {
        if (this.over || (error instanceof CmkError && !isRetried(error))) return false;
        const asked = error instanceof CmkError ? error.retryAfterMs : undefined;
        const wait = asked ?? backOff(retryBaseMs, retryCount);
        if ((asked ?? 0) > LONGEST_WAIT_MS || wait > this.#context.deadline - Date.now()) return false;
        await setTimeout(wait, undefined, { signal: this.#context.signal }); // ky's wait would not end with the call.
        return true;
      },
      delay: () => 0,
    };
  }

  #toCmkError(name: string, error: unknown): CmkError {
    if (error instanceof CmkError) return error;
    const { signal } = this.#context;
    if (signal.aborted) {
      if (signal.reason instanceof CmkError) return signal.reason;
      return new CmkError('cancelled', `The call was cancelled during ${name}.`, { ambiguous: true });
    }
    if (error instanceof Error && error.name === 'TimeoutError') {
      return new CmkError('api_timeout', `Aiven did not answer ${name} in time.`, { ambiguous: true });
    }
    // For any other error it is unknown whether the request was sent, so it counts as sent.
    const { code, sent } = error instanceof RequestError ? error : { code: undefined, sent: true };
    const message = `Aiven could not be reached for ${name}: ${code ?? 'the connection failed'}.`;
    return new CmkError('api_unreachable', message, { ambiguous: sent });
  }
}

/** Returns the type of an error without its message, which may name arguments. */
function typeOf(error: unknown): string {
  if (error instanceof RequestError) return error.code ?? error.name;
  return error instanceof Error ? error.name : '_OTHER';
}

function isRetried({ code, httpStatus = 0 }: CmkError): boolean {
  return code !== 'unexpected_response' && RETRIED_STATUSES.has(httpStatus);
}

/** Resolves with the API's clock if the API responds, with any status; with undefined otherwise. Sends no token. */
export async function reach(
  { fetch, origin, userAgent }: Connection,
  timeoutMs: number,
): Promise<{ date: number | undefined } | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const { headers } = await fetch(new Request(origin, { headers: { 'user-agent': userAgent }, signal }));
    const date = Date.parse(headers.get('date') ?? '');
    return { date: Number.isNaN(date) ? undefined : date };
  } catch {
    return undefined;
  }
}
