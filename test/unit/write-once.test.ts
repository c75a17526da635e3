import { describe, expect, it } from 'vitest';
import { AIVEN_MANAGED_KEY, AivenClient } from '../../src/aiven/client.ts';
import { RequestError } from '../../src/aiven/fetch/request-error.ts';
import { assignOnce, checkAccessOnce, createOnce, deleteOnce, updateOnce } from '../../src/aiven/write-once.ts';
import type { CmkError } from '../../src/core/errors.ts';
import { Secret } from '../../src/core/secret.ts';

const ID = '12345678-1234-1234-1234-12345678abcd';
const OTHER = '99999999-1234-1234-1234-12345678abcd';
const WANTED = { provider: 'aws', resource: 'arn:1' } as const;
const KEY = { id: ID, ...WANTED, default_cmk: false, status: 'current' };
const LOST = 'Aiven could not be reached for';

type Reply = readonly [status: number, body: object] | 'lost';

/** A client of an API that gives these replies in turn, with the requests that it made. */
function clientOf(...replies: readonly Reply[]) {
  const requests: string[] = [];
  const connection = {
    origin: 'https://api.test',
    token: new Secret('test-token-1'),
    timeoutMs: 5_000,
    userAgent: 'test/1',
    retryBaseMs: 0,
    fetch: async ({ method, url }: Request) => {
      const reply = replies[requests.length];
      requests.push(`${method} ${new URL(url).pathname.replace('/v1/project/p/', '')}`);
      if (!reply || reply === 'lost') throw new RequestError(new Error('x'), true, 'ECONNRESET');
      return Response.json(reply[1], { status: reply[0] });
    },
  };
  const aiven = new AivenClient(connection, {
    signal: new AbortController().signal,
    deadline: Date.now() + 60_000,
    aroundWrite: (_request, send) => send(),
    onAttempt: () => {},
    onDelay: () => {},
  });
  return { aiven, requests };
}

const failureOf = (write: Promise<object>): Promise<CmkError> =>
  write.then(
    (value) => Promise.reject(new Error(`It succeeded: ${JSON.stringify(value)}`)),
    (error) => error,
  );
const list = (...cmks: object[]): Reply => [200, { cmks }];
const refused = (status: number, message: string): Reply => [status, { message, errors: [{ message, status }] }];

describe('a registration', () => {
  it('is found again by its identifier among keys that were not there before', async () => {
    const earlier = { ...KEY, id: OTHER, status: 'deleted' };
    const { aiven, requests } = clientOf(list(earlier), 'lost', list(earlier, KEY));
    expect(await createOnce(aiven, 'p', WANTED)).toStrictEqual({ cmk: KEY, reconciled: true });
    expect(requests).toStrictEqual(['GET secrets/cmks', 'POST secrets/cmks', 'GET secrets/cmks']);
  });

  it.each([
    ['only the key that was there before', [{ ...KEY, id: ID.toUpperCase() }], [KEY]],
    ['only keys that were there before', [KEY, { ...KEY, id: OTHER, resource: 'arn:2' }], [KEY]],
    ['a new key of another identifier', [], [{ ...KEY, resource: 'arn:2' }]],
    ['a new key of another provider', [], [{ ...KEY, provider: 'gcp' }]],
  ])('stays unknown where the list has %s', async (_case, before, after) => {
    const { aiven } = clientOf(list(...before), 'lost', list(...after));
    const { code, message } = await failureOf(createOnce(aiven, 'p', WANTED));
    expect([code, message]).toStrictEqual([
      'outcome_unknown',
      expect.stringMatching(`^${LOST} .* No new key with this identifier is listed in p\\.$`),
    ]);
  });

  it('names the key that has the identifier where the API says that one has', async () => {
    const { aiven } = clientOf(list(KEY), refused(409, 'exists'));
    expect(await failureOf(createOnce(aiven, 'p', WANTED))).toMatchObject({
      code: 'conflict',
      httpStatus: 409,
      message: expect.stringMatching(`exists.* CMK ${ID} already has this identifier\\.$`),
    });
  });

  it.each([
    ['no key that it knows of', list(), refused(409, 'exists'), 'conflict'],
    ['another reason', list(KEY), refused(400, 'bad'), 'bad_request'],
  ])('names no key where the API refuses for %s', async (_case, before, reply, code) => {
    const error = await failureOf(createOnce(clientOf(before, reply).aiven, 'p', WANTED));
    expect([error.code, error.message]).toStrictEqual([code, expect.not.stringContaining('already has')]);
  });
});

describe('a change', () => {
  it('is done where the key reads as wanted', async () => {
    const cmk = { ...KEY, default_cmk: true };
    const { aiven } = clientOf('lost', [200, { cmk }]);
    expect(await updateOnce(aiven, 'p', ID, { default_cmk: true })).toStrictEqual({ cmk, reconciled: true });
  });

  it.each([
    [false, 'false'],
    [undefined, 'not reported'],
  ])('stays unknown where default_cmk reads as %s', async (default_cmk, told) => {
    const { aiven } = clientOf('lost', [200, { cmk: { ...KEY, default_cmk } }]);
    const { code, message } = await failureOf(updateOnce(aiven, 'p', ID, { default_cmk: true }));
    expect([code, message]).toStrictEqual([
      'outcome_unknown',
      expect.stringMatching(`^${LOST} .* default_cmk of CMK ${ID} is ${told}\\.$`),
    ]);
  });

  it('stays unknown where it cannot be read back', async () => {
    const { aiven } = clientOf('lost', refused(403, 'no'));
    const { code, message } = await failureOf(updateOnce(aiven, 'p', ID, { default_cmk: true }));
    expect([code, message]).toStrictEqual([
      'outcome_unknown',
      expect.stringMatching(`^${LOST} .* Reading back the result failed too: .*no`),
    ]);
  });
});

describe('a deletion', () => {
  it('is refused with the services’ code where the API says that the key is in use', async () => {
    const { aiven, requests } = clientOf(refused(409, 'still associated'));
    const error = await failureOf(deleteOnce(aiven, 'p', { cmk: KEY }));
    expect(error).toMatchObject({ code: 'cmk_in_use', httpStatus: 409 });
    expect(error.message).toContain('still associated');
    expect(requests).toHaveLength(1);
  });

  it('keeps the code of any other refusal', async () => {
    const { aiven } = clientOf(refused(403, 'no'));
    expect((await failureOf(deleteOnce(aiven, 'p', { cmk: KEY }))).code).toBe('forbidden');
  });

  it('is not done where the key still exists', async () => {
    const { aiven } = clientOf('lost', [200, { cmk: KEY }]);
    const { code, message } = await failureOf(deleteOnce(aiven, 'p', { cmk: KEY }));
    expect([code, message]).toStrictEqual([
      'not_deleted',
      expect.stringMatching(`^${LOST} .* CMK ${ID} still exists\\.$`),
    ]);
  });
});

describe('a move', () => {
  const service = (cmk_id: unknown): Reply => [200, { service: { service_name: 'pg', cmk_id } }];
  const use = (...service_associations: object[]): Reply => [200, { service_associations }];

  it('stays unknown where the service neither uses the key nor moves to it', async () => {
    const { aiven } = clientOf('lost', service(OTHER), use({ service_name: 'kafka', status: 'active' }));
    const { code, message } = await failureOf(assignOnce(aiven, 'p', 'pg', ID));
    expect([code, message]).toStrictEqual([
      'outcome_unknown',
      expect.stringMatching(`^${LOST} .* Service pg does not appear to be moving to ${ID}\\.$`),
    ]);
  });

  it.each([
    ['uses the key', service(ID.toUpperCase()), use()],
    [
      'is moving to the key',
      service(OTHER),
      use({ service_name: 'kafka' }, { service_name: 'pg', status: 'activating' }),
    ],
  ])('is done where the service %s', async (_case, now, dependents) => {
    const { aiven } = clientOf('lost', now, dependents);
    expect(await assignOnce(aiven, 'p', 'pg', ID)).toMatchObject({ reconciled: true });
  });

  it.each([
    ['is moving from the key', ID, service(OTHER), use({ service_name: 'pg', status: 'deactivating' })],
    ['has Aiven’s own key, and another was wanted', ID, service(null), use()],
    ['has another key, and Aiven’s own was wanted', AIVEN_MANAGED_KEY, service(OTHER), use()],
  ])('stays unknown where the service %s', async (_case, target, now, dependents) => {
    const { aiven } = clientOf('lost', now, dependents);
    expect((await failureOf(assignOnce(aiven, 'p', 'pg', target))).code).toBe('outcome_unknown');
  });

  it('to Aiven’s own key is done where the service has none, and asks for no associations', async () => {
    const { aiven, requests } = clientOf('lost', service(null));
    expect(await assignOnce(aiven, 'p', 'pg', AIVEN_MANAGED_KEY)).toMatchObject({ reconciled: true });
    expect(requests).toStrictEqual(['PUT service/pg', 'GET service/pg']);
  });
});

describe('a write that the client cancels', () => {
  it('is not read back', async () => {
    const cancel = new AbortController();
    const requests: string[] = [];
    const cancelled = new AivenClient(
      {
        origin: 'https://api.test',
        token: new Secret('test-token-1'),
        timeoutMs: 5_000,
        userAgent: 'test/1',
        fetch: async () => {
          cancel.abort();
          throw new RequestError(new Error('x'), true, 'ECONNRESET');
        },
      },
      {
        signal: cancel.signal,
        deadline: Date.now() + 60_000,
        aroundWrite: (_request, send) => send(),
        onAttempt: (method) => void requests.push(method),
        onDelay: () => {},
      },
    );
    expect((await failureOf(updateOnce(cancelled, 'p', ID, { default_cmk: true }))).code).toBe('cancelled');
    expect(requests).toStrictEqual(['POST']);
  });
});

describe('an access check', () => {
  it('stays unknown, and may be repeated, where its response is lost', async () => {
    const { aiven, requests } = clientOf('lost', [200, { cmk: KEY }]);
    const { code, message } = await failureOf(checkAccessOnce(aiven, 'p', ID));
    expect([code, message]).toStrictEqual([
      'outcome_unknown',
      expect.stringMatching(`^${LOST} .* It is unknown whether the access check of CMK ${ID} began`),
    ]);
    expect(requests).toStrictEqual([`POST secrets/cmks/${ID}/access_check`, `GET secrets/cmks/${ID}`]);
  });
});
