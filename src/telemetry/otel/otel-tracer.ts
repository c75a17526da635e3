import {
  type Context,
  type Meter,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  type Tracer as SpanTracer,
  trace,
} from '@opentelemetry/api';
import { TraceState } from '@opentelemetry/core';
import type { TraceContext } from '../trace-context.ts';
import type { CallSpan, TracedCall, Tracer } from '../tracer.ts';
import { createDurations, type Durations } from './durations.ts';
import { OtelCallSpan } from './otel-call-span.ts';

/** Traces and measures calls by OpenTelemetry's conventions for MCP and HTTP. Contexts are passed explicitly. */
export class OtelTracer implements Tracer {
  readonly close: (milliseconds: number) => Promise<void>;
  readonly #tracer: SpanTracer;
  readonly #durations: Durations;

  constructor(tracer: SpanTracer, meter: Meter, close: (milliseconds: number) => Promise<void>) {
    this.#tracer = tracer;
    this.#durations = createDurations(meter);
    this.close = close;
  }

  startCall(call: TracedCall): CallSpan {
    const { tool, requestId, protocolVersion, transport, address, parent, link } = call;
    const common = {
      'mcp.method.name': 'tools/call',
      'gen_ai.operation.name': 'execute_tool',
      'network.transport': transport,
      ...(tool !== undefined && { 'gen_ai.tool.name': tool }),
      ...(protocolVersion !== undefined && { 'mcp.protocol.version': protocolVersion }),
      ...(transport === 'tcp' && { 'network.protocol.name': 'http' }),
    };
    const span = this.#tracer.startSpan(
      // A name that no tool has is the client's own text.
      tool === undefined ? 'tools/call' : `tools/call ${tool}`,
      {
        kind: SpanKind.SERVER,
        attributes: {
          ...common,
          'jsonrpc.request.id': requestId,
          ...(address !== undefined && { 'client.address': address }),
        },
        links: link ? [{ context: toSpanContext(link) }] : [],
      },
      contextOf(parent),
    );
    return new OtelCallSpan(span, { tracer: this.#tracer, durations: this.#durations, metricAttributes: common });
  }
}

function contextOf(parent: TraceContext | undefined): Context {
  return parent ? trace.setSpanContext(ROOT_CONTEXT, toSpanContext(parent)) : ROOT_CONTEXT;
}

function toSpanContext({ traceId, spanId, flags, state }: TraceContext): SpanContext {
  const traceState = state === undefined ? undefined : new TraceState(state); // Drops members that are not valid.
  return { traceId, spanId, traceFlags: flags, isRemote: true, ...(traceState && { traceState }) };
}
