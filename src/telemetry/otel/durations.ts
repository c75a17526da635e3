import type { Histogram, Meter } from '@opentelemetry/api';

/** The histograms, as their conventions name them. */
export interface Durations {
  readonly operations: Histogram;
  readonly requests: Histogram;
}

/** Creates them, with the boundaries that the conventions recommend, in seconds. */
export function createDurations(meter: Meter): Durations {
  return {
    operations: meter.createHistogram('mcp.server.operation.duration', {
      unit: 's',
      description: 'Time from the receipt of an MCP request to its result',
      advice: { explicitBucketBoundaries: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300] },
    }),
    requests: meter.createHistogram('http.client.request.duration', {
      unit: 's',
      description: 'Duration of attempts at requests to the API',
      advice: {
        explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
      },
    }),
  };
}
