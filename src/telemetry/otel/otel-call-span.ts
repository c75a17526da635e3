import {
  type Attributes,
  defaultTextMapSetter,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { AttemptSpan, CallSpan, TracedAttempt } from '../tracer.ts';
import type { Durations } from './durations.ts';

/** Outcomes of calls that are not failures. */
const SUCCESSES = ['ok', 'approval_requested'];

/** What the spans of one process share. */
interface Parts {
  readonly tracer: Tracer;
  readonly durations: Durations;
  /** The attributes of the call that are few enough in values for a metric. */
  readonly metricAttributes: Attributes;
}

/** The span of one call, and those below it. Errors are recorded by code: messages may name arguments. */
export class OtelCallSpan implements CallSpan {
  readonly traceId: string | undefined;
  readonly #span: Span;
  readonly #parts: Parts;
  readonly #started = performance.now();

  constructor(span: Span, parts: Parts) {
    const context = span.spanContext();
    this.traceId = isSpanContextValid(context) ? context.traceId : undefined;
    this.#span = span;
    this.#parts = parts;
  }

  attempt({ method, origin, template, resent }: TracedAttempt): AttemptSpan {
    const { hostname, port, protocol } = new URL(origin);
    const started = performance.now();
    const common = {
      'http.request.method': method,
      'server.address': hostname,
      'server.port': Number(port) || (protocol === 'http:' ? 80 : 443),
      'url.template': template,
    };
    const span = this.#startChild(`${method} ${template}`, SpanKind.CLIENT, {
      ...common,
      // The values in the path are arguments of the call.
      'url.full': `${origin}${template.replace(/\{\w+\}/g, 'REDACTED')}`,
      ...(resent > 0 && { 'http.request.resend_count': resent }),
    });
    const headers: Record<string, string> = {};
    new W3CTraceContextPropagator().inject(trace.setSpan(ROOT_CONTEXT, span), headers, defaultTextMapSetter);
    return {
      headers,
      end: (result) => {
        const failed = typeof result === 'string' || result >= 400;
        const attributes = {
          ...(typeof result === 'number' && { 'http.response.status_code': result }),
          ...(failed && { 'error.type': String(result) }),
        };
        endSpan(span, attributes);
        this.#parts.durations.requests.record(secondsSince(started), { ...common, ...attributes });
      },
    };
  }

  async wait<T>(way: 'form' | 'page', wait: () => Promise<T>): Promise<T> {
    // A form is a request of this server to its client, for which MCP has a convention; a page is this server's own.
    const span =
      way === 'form'
        ? this.#startChild('elicitation/create', SpanKind.CLIENT, { 'mcp.method.name': 'elicitation/create' })
        : this.#startChild('wait for approval', SpanKind.INTERNAL, {});
    try {
      const result = await wait();
      endSpan(span, {});
      return result;
    } catch (error) {
      endSpan(span, { 'error.type': codeOf(error) });
      throw error;
    }
  }

  end(outcome: string, callId: string): void {
    this.#end(
      {
        'aiven_cmk.outcome': outcome,
        ...(SUCCESSES.includes(outcome) ? {} : { 'error.type': 'tool_error' }),
      },
      { 'aiven_cmk.call_id': callId },
    );
  }

  reject(code: number): void {
    this.#end({ 'error.type': String(code), 'rpc.response.status_code': String(code) }, {});
  }

  #end(attributes: Attributes, spanOnly: Attributes): void {
    const { durations, metricAttributes } = this.#parts;
    endSpan(this.#span, { ...attributes, ...spanOnly });
    durations.operations.record(secondsSince(this.#started), { ...metricAttributes, ...attributes });
  }

  #startChild(name: string, kind: SpanKind, attributes: Attributes): Span {
    return this.#parts.tracer.startSpan(name, { kind, attributes }, trace.setSpan(ROOT_CONTEXT, this.#span));
  }
}

/** Ends a span; `error.type` makes it a failed one. */
function endSpan(span: Span, attributes: Attributes): void {
  span.setAttributes(attributes);
  if ('error.type' in attributes) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1_000;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
