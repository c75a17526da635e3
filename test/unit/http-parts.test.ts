import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { McpServer } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { networkOf } from '../../src/server/http/address.ts';
import { createIssuerKeys } from '../../src/server/http/auth/issuer-keys.ts';
import { KnownCredentials } from '../../src/server/http/auth/known-credentials.ts';
import { RefusalLog } from '../../src/server/http/auth/refusal-log.ts';
import { exchangeJson } from '../../src/server/http/json-exchange.ts';
import { RateLimiter } from '../../src/server/http/rate-limit.ts';
import { remember } from '../../src/server/http/remember.ts';

afterEach(() => vi.useRealTimers());

describe('what counts as one address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('remembering', () => {
  it('loads once for all who ask at the same time, and again once the time is over', async () => {
    vi.useFakeTimers();
    let loads = 0;
    const get = remember(async () => {
      loads += 1;
      return loads;
    }, 1_000);
    expect(await Promise.all([get(), get(), get()])).toStrictEqual([1, 1, 1]);
    vi.advanceTimersByTime(999);
    expect(await get()).toBe(1);
    vi.advanceTimersByTime(1);
    expect(await get()).toBe(2);
  });

  it('does not load again while a load takes longer than its result is kept', async () => {
    vi.useFakeTimers();
    const resolves: ((value: string) => void)[] = [];
    const get = remember(() => new Promise<string>((resolve) => resolves.push(resolve)), 1_000);
    const first = get();
    vi.advanceTimersByTime(5_000);
    const second = get();
    resolves[0]?.('loaded');
    expect([await first, await second, resolves.length]).toStrictEqual(['loaded', 'loaded', 1]);
  });

  it('keeps a failure for its own time', async () => {
    vi.useFakeTimers();
    let loads = 0;
    const get = remember(
      async () => {
        loads += 1;
        throw new Error(String(loads));
      },
      1_000,
      100,
    );
    await expect(get()).rejects.toThrow('1');
    await expect(get()).rejects.toThrow('1');
    vi.advanceTimersByTime(100);
    await expect(get()).rejects.toThrow('2');
  });
});

describe('the record of refused sign-ins', () => {
  it('has ten lines a minute and address, a hundred of all, and tells how many were left out', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const lines: Record<string, unknown>[] = [];
    const note = async (_event: string, fields: Record<string, unknown>) => void lines.push(fields);
    const log = new RefusalLog({ note }, () => {}, undefined);
    for (let count = 0; count < 25; count += 1) log.write('a', 'bad');
    expect(lines).toHaveLength(10);
    log.write('b', 'bad\nline');
    expect(lines[10]).toStrictEqual({ address: 'b', issuer: undefined, reason: 'bad line', suppressed: 15 });
    for (let count = 0; count < 200; count += 1) log.write(`c${count}`, 'bad');
    expect(lines).toHaveLength(100);
    vi.advanceTimersByTime(60_000);
    log.write('a', 'bad');
    expect(lines[100]).toMatchObject({ address: 'a', suppressed: 111 });
  });

  it('tells the operator when a line cannot be written', async () => {
    const told: string[] = [];
    const note = () => Promise.reject(new Error('disk full'));
    new RefusalLog({ note }, (line) => void told.push(line), undefined).write('a', 'bad');
    await setImmediate();
    expect(told).toStrictEqual([expect.stringContaining('disk full')]);
  });
});

describe('the rate limiter', () => {
  it('counts what is refunded no more', async () => {
    const limiter = new RateLimiter({ concurrent: 2, perMinute: 2 });
    for (let count = 0; count < 5; count += 1) {
      const share = await limiter.acquire('a', 1);
      if ('retryAfter' in share) throw new Error('It was counted.');
      share.refund();
      share.release();
    }
    const [one, two] = [await limiter.acquire('a', 1), await limiter.acquire('a', 1)];
    expect([one, two].some((share) => 'retryAfter' in share)).toBe(false);
    expect(await limiter.acquire('a', 1)).toStrictEqual({ retryAfter: 1 });
    expect('release' in (await limiter.acquire('b', 2))).toBe(true);
  });
});

describe('the keys of an issuer over https', () => {
  const issuer = 'https://login.example.com/realms/platform';
  const discover = (jwks_uri: unknown) =>
    createIssuerKeys(issuer, async () => Response.json({ issuer, jwks_uri }))().then(
      () => 'taken',
      ({ code }) => code,
    );

  it.each([
    [`${issuer}/keys`, 'taken'],
    ['https://LOGIN.example.com:443/other/keys', 'taken'],
    ['http://login.example.com/keys', 'server_error'],
    ['https://www.googleapis.com/oauth2/v3/certs', 'server_error'],
    ['https://login.example.com.evil.example/keys', 'server_error'],
    ['https://evil.example/?https://login.example.com/', 'server_error'],
    ['https://login.example.com:8443/keys', 'server_error'],
    ['https://user@login.example.com/keys', 'server_error'],
    ['//login.example.com/keys', 'server_error'],
    ['file:///etc/keys', 'server_error'],
    [undefined, 'server_error'],
    [['https://login.example.com/keys'], 'server_error'],
  ])('at %j are %s', async (uri, outcome) => {
    expect(await discover(uri)).toBe(outcome);
  });
});

describe('an exchange of JSON', () => {
  it('starts nothing for a client that has disconnected before', async () => {
    const server = new McpServer({ name: 'test', version: '1' });
    let calls = 0;
    server.server.fallbackRequestHandler = async () => {
      calls += 1;
      return {};
    };
    const outgoing = new ServerResponse(new IncomingMessage(new Socket()));
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    const exchange = () =>
      exchangeJson(
        () => server,
        new Request('http://localhost/mcp', { method: 'POST', headers }),
        { parsedBody: { jsonrpc: '2.0', id: 1, method: 'test/call' } },
        outgoing,
      );
    expect((await exchange()).status).toBe(200);
    await server.close();
    outgoing.destroy();
    await expect(exchange()).rejects.toThrow('disconnected');
    expect(calls).toBe(1);
  });
});

describe('known credentials', () => {
  it('are at most 10,000, those used last', () => {
    const known = new KnownCredentials();
    known.add('first');
    known.add('second');
    for (let count = 0; count < 9_998; count += 1) known.add(`c${count}`);
    known.add('first');
    known.add('one more');
    expect([known.has('first'), known.has('second'), known.has('c0')]).toStrictEqual([true, false, true]);
    known.delete('first');
    expect(known.has('first')).toBe(false);
  });
});
