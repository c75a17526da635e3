import type { TraceContext } from './trace-context.ts';

/** A request `tools/call`, as its span describes it. It holds no arguments. */
export interface TracedCall {
  /** The tool's name; undefined for a name that no tool has. */
  readonly tool: string | undefined;
  /** The `id` of the JSON-RPC request. */
  readonly requestId: string;
  /** The protocol revision, where it is known. */
  readonly protocolVersion: string | undefined;
  readonly transport: 'pipe' | 'tcp';
  /** The remote address; absent over stdio. */
  readonly address?: string | undefined;
  /** The client's span, which becomes the parent. */
  readonly parent?: TraceContext | undefined;
  /** A context that belongs to the call but is not its parent, such as that of the HTTP request. */
  readonly link?: TraceContext | undefined;
}

/** One attempt at a request to the API. */
export interface TracedAttempt {
  readonly method: string;
  /** The origin of the API. */
  readonly origin: string;
  /** The path with a placeholder for each value, such as `/v1/project/{project}`. */
  readonly template: string;
  /** How often the request was sent before. */
  readonly resent: number;
}

/** The span of an attempt. */
export interface AttemptSpan {
  /** The headers that carry the trace on. */
  readonly headers: Readonly<Record<string, string>>;
  /** Ends the span with the response's status, or without a response with the type of the error. */
  end(result: number | string): void;
}

/** The span of one call. */
export interface CallSpan {
  /** The trace that the call belongs to; undefined if neither this server nor the client traces. */
  readonly traceId: string | undefined;
  /** Starts the span of an attempt; undefined if nothing is traced. */
  attempt(attempt: TracedAttempt): AttemptSpan | undefined;
  /** Runs `wait` in a span of the wait for a person, by a form of the client or on the approval page. */
  wait<T>(way: 'form' | 'page', wait: () => Promise<T>): Promise<T>;
  /** Ends the span with the outcome of the audit record; any but `ok` and `approval_requested` is a failure. */
  end(outcome: string, callId: string): void;
  /** Ends the span of a request that got a JSON-RPC error. */
  reject(code: number): void;
}

/** Follows calls through this server. */
export interface Tracer {
  startCall(call: TracedCall): CallSpan;
  /** Exports what is left. Resolves when it is done or `milliseconds` have passed. Never rejects. */
  close(milliseconds: number): Promise<void>;
}

/** Records nothing, but names the trace of a client that sent one, so that the audit log can be joined with it. */
export const PASSIVE_TRACER: Tracer = {
  startCall: ({ parent }) => ({
    traceId: parent?.traceId,
    attempt: () => undefined,
    wait: (_way, wait) => wait(),
    end: () => {},
    reject: () => {},
  }),
  close: () => Promise.resolve(),
};
