import { setTimeout } from 'node:timers/promises';
import type { Fetch } from '../fetch/fetch.ts';
import { RequestError } from '../fetch/request-error.ts';

/** The faults that the sandbox simulates. Shares of requests are from 0 to 1; `latency` is in milliseconds. */
export type Faults = Readonly<Partial<Record<(typeof FAULTS)[number], number>>>;

/** Every fault by name: slow responses, rate limits, errors of the API, and responses lost after the request was handled. */
export const FAULTS = ['latency', '429', '500', 'lost'] as const;

/** Returns a sandbox in which each request may fail, with the probabilities given. */
export function withFaults(sandbox: Fetch, faults: Faults): Fetch {
  const strikes = (fault: (typeof FAULTS)[number]) => Math.random() < (faults[fault] ?? 0);
  return async (request, cancelled = request.signal) => {
    if (faults.latency) {
      const signal = AbortSignal.any([request.signal, cancelled]);
      await setTimeout(faults.latency, undefined, { signal });
    }
    if (strikes('429')) return fail(429, 'Rate limit 120 exceeded - try again in 1s');
    if (strikes('500')) return fail(500, 'Internal server error');
    const response = await sandbox(request);
    if (!strikes('lost')) return response;
    throw new RequestError(new Error('The sandbox lost the response.'), true, 'ECONNRESET');
  };
}

function fail(status: number, message: string): Response {
  return Response.json({ message, errors: [{ message, status }] }, { status });
}
