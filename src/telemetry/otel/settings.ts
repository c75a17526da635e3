/** How a signal is encoded (`OTEL_EXPORTER_OTLP_PROTOCOL`). */
export const OTLP_PROTOCOLS = ['http/protobuf', 'http/json'] as const;
export type OtlpProtocol = (typeof OTLP_PROTOCOLS)[number];

/** Where a signal goes. */
export interface SignalTarget {
  readonly url: string;
  readonly protocol: OtlpProtocol;
}

/** What is exported. Headers, time limits, compression, certificates, sampling and batches are read by the packages themselves. */
export interface TelemetrySettings {
  readonly traces: SignalTarget | undefined;
  readonly metrics: (SignalTarget & { /** Milliseconds between exports. */ readonly intervalMs: number }) | undefined;
}
