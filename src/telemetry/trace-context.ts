/** A place in a trace (W3C Trace Context), as a client sent it. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** The client's span: 16 hexadecimal digits. */
  readonly spanId: string;
  /** The sampling decision: bit 0 is set where the client records the trace. */
  readonly flags: number;
  /** The `tracestate` as sent, unchecked. */
  readonly state?: string;
}

/** A `traceparent` (W3C Trace Context, 3.2); later versions may append fields. */
const TRACEPARENT = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/** Maximum length of a `traceparent` and of a `tracestate`, in characters (3.3.1.5 asks for 512). */
const LENGTH_MAX = 512;

/** Returns the context that both values state; undefined if `traceparent` is not valid, in which case a new trace begins. */
export function readTraceContext(traceparent: unknown, tracestate?: unknown): TraceContext | undefined {
  if (typeof traceparent !== 'string' || traceparent.length > LENGTH_MAX) return undefined;
  const [, version, traceId, spanId, flags = '', more] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || (version === '00' && more !== undefined)) return undefined;
  const state = typeof tracestate === 'string' && tracestate.length <= LENGTH_MAX ? tracestate : undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16), ...(state !== undefined && { state }) };
}
