import type { Fetch } from '../fetch/node.ts';

/** What the sandbox may play of a bad day. Shares are from 0 to 1; `latency` is in milliseconds. */
export type Faults = Readonly<Partial<Record<(typeof FAULTS)[number], number>>>;

/** Every fault by name: slow answers, rate limits, faults of the API, and answers that are lost after the work was done. */
export const FAULTS = ['latency', '429', '500', 'lost'] as const;

/** The sandbox with faults in front of it, drawn anew for each request. */
export function withFaults(sandbox: Fetch, faults: Faults): Fetch {
  const strikes = (fault: (typeof FAULTS)[number]) => Math.random() < (faults[fault] ?? 0);
  return async (request) => {
    if (faults.latency) await wait(faults.latency, request.signal);
    if (strikes('429')) return fail(429, 'Rate limit 120 exceeded - try again in 1s');
    if (strikes('500')) return fail(500, 'Internal server error');
    const answer = await sandbox(request);
    if (!strikes('lost')) return answer;
    throw new TypeError('fetch failed', {
      cause: Object.assign(new Error('The sandbox lost the answer.'), { code: 'ECONNRESET' }),
    });
  };
}

function fail(status: number, message: string): Response {
  return Response.json({ message, errors: [{ message, status }] }, { status });
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
