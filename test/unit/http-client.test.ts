import { describe, expect, it } from 'vitest';
import type { Fetch } from '../../src/aiven/fetch/fetch.ts';
import { RequestError } from '../../src/aiven/fetch/request-error.ts';
import { type Connection, HttpClient } from '../../src/aiven/http.ts';
import { path } from '../../src/aiven/path.ts';
import { CmkListResponse } from '../../src/aiven/schemas.ts';
import type { CmkError } from '../../src/core/errors.ts';
import { Secret } from '../../src/core/secret.ts';

const ROUTE = path`v1/project/${'p'}/secrets/cmks`;

/** A client of a carrier that a test plays, with what it observed. */
function start(fetch: Fetch, { deadlineMs = 60_000, ...changes }: Partial<Connection> & { deadlineMs?: number } = {}) {
  const abort = new AbortController();
  const attempts: (number | 'none')[] = [];
  const delays: string[] = [];
  const connection = {
    origin: 'https://api.test',
    token: new Secret('test-token-1'),
    timeoutMs: 5_000,
    userAgent: 'test/1',
    retryBaseMs: 0,
    fetch,
    ...changes,
  };
  const client = new HttpClient(connection, {
    signal: abort.signal,
    deadline: Date.now() + deadlineMs,
    aroundWrite: (_request, send) => send(),
    onAttempt: (_method, status) => attempts.push(status),
    onDelay: (why) => delays.push(why),
  });
  return { client, attempts, delays, abort };
}

const failureOf = (exchange: Promise<unknown>): Promise<CmkError> =>
  exchange.then(
    () => Promise.reject(),
    (error) => error,
  );
const lost = (sent: boolean) => () => Promise.reject(new RequestError(new Error('x'), sent, 'ECONNRESET'));
const busy =
  (headers = {}) =>
  () =>
    Promise.resolve(Response.json({ message: 'busy' }, { status: 503, headers }));

describe('a read', () => {
  it('is tried three times, with a wait before each further try', async () => {
    const { client, attempts, delays } = start(busy());
    expect(await failureOf(client.read(ROUTE, CmkListResponse))).toMatchObject({ code: 'api_error', httpStatus: 503 });
    expect([attempts, delays]).toStrictEqual([
      [503, 503, 503],
      ['retry', 'retry'],
    ]);
  });

  it.each([
    ['of its own', {}, { retryBaseMs: 100_000 }],
    ['that the API asks for', { 'retry-after': '8' }, { deadlineMs: 7_000 }],
  ])('is not tried again after a wait %s that ends after the deadline', async (_whose, headers, changes) => {
    const { client, attempts, delays } = start(busy(headers), { deadlineMs: 20_000, ...changes });
    expect(await failureOf(client.read(ROUTE, CmkListResponse))).toMatchObject({ code: 'api_error' });
    expect([attempts, delays]).toStrictEqual([[503], []]);
  });

  it('ends with the call when that is cancelled during the wait before a further try', async () => {
    const { client, attempts, delays, abort } = start(
      () => {
        setImmediate(() => abort.abort());
        return busy()();
      },
      { retryBaseMs: 30_000 },
    );
    expect(await failureOf(client.read(ROUTE, CmkListResponse))).toMatchObject({ code: 'cancelled' });
    expect([attempts, delays]).toStrictEqual([[503], []]);
  });

  it('is cancelled with the call while a response is awaited, and not tried again', async () => {
    const { client, attempts, abort } = start((_request, cancelled) => {
      setImmediate(() => abort.abort());
      return new Promise((_resolve, reject) => {
        cancelled?.addEventListener('abort', () => reject(new RequestError(cancelled.reason, true)));
      });
    });
    expect(await failureOf(client.read(ROUTE, CmkListResponse))).toMatchObject({ code: 'cancelled' });
    expect(attempts).toStrictEqual(['none']);
  });

  it('is tried again when the connection breaks, and then read', async () => {
    let count = 0;
    const { client, attempts } = start(() => {
      count += 1;
      return count === 1 ? lost(true)() : Promise.resolve(Response.json({ cmks: [] }));
    });
    expect(await client.read(ROUTE, CmkListResponse)).toStrictEqual({ cmks: [] });
    expect(attempts).toStrictEqual(['none', 200]);
    expect([client.requests, client.status]).toStrictEqual([2, 200]);
  });
});

describe('a write', () => {
  it.each([true, false])(
    'whose request failed is ambiguous as the carrier says whether it was sent: %s',
    async (sent) => {
      const { client, attempts } = start(lost(sent));
      const error = await failureOf(client.write('POST', ROUTE, CmkListResponse, {}));
      expect(error).toMatchObject({ code: 'api_unreachable', ambiguous: sent });
      expect(error.message).toContain('ECONNRESET');
      expect(attempts).toStrictEqual(['none']);
    },
  );

  it('is ambiguous when the carrier does not say', async () => {
    const { client } = start(() => Promise.reject(new Error('x')));
    const error = await failureOf(client.write('POST', ROUTE, CmkListResponse, {}));
    expect(error).toMatchObject({ code: 'api_unreachable', ambiguous: true });
  });

  it('is ambiguous when no response came in time', async () => {
    const never: Fetch = ({ signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const { client } = start(never, { timeoutMs: 50 });
    const error = await failureOf(client.write('POST', ROUTE, CmkListResponse, {}));
    expect(error).toMatchObject({ code: 'api_timeout', ambiguous: true });
  });
});
