import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { hasDesktop } from '../../src/app/config/desktop.ts';
import { LoopbackPort } from '../../src/app/loopback/loopback-port.ts';
import { LoopbackStore } from '../../src/app/loopback/loopback-store.ts';
import { CmkError } from '../../src/core/errors.ts';
import { MemoryStore } from '../../src/guard/approval/memory-store.ts';
import { OneTimeCodes } from '../../src/server/http/approvals/one-time-codes.ts';
import { listen } from '../../src/server/http/listen.ts';
import { newRecord } from '../fixtures/approval-stores.ts';

describe('a desktop', () => {
  it.each<[NodeJS.Platform, Record<string, string>, boolean]>([
    ['linux', {}, false],
    ['linux', { DISPLAY: '', WAYLAND_DISPLAY: '' }, false],
    ['linux', { DISPLAY: ':0' }, true],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['freebsd', { DISPLAY: ':0' }, true],
    ['darwin', {}, true],
    ['win32', {}, true],
    ['linux', { DISPLAY: ':0', CI: 'true' }, false],
    ['darwin', { CI: '1' }, false],
    ['win32', { CI: 'false' }, false],
    ['darwin', { CI: '' }, true],
  ])('on %s with %o: %s', (platform, environment, expected) => {
    expect(hasDesktop(environment, platform)).toBe(expected);
  });
});

describe('a one-time code', () => {
  it('counts once, until its time is over, for its request', () => {
    const codes = new OneTimeCodes();
    const [code, other] = [codes.issue('one', Date.now() + 10_000), codes.issue('two', Date.now() + 10_000)];
    expect(code).toMatch(/^[\w-]{32}$/);
    expect(other).not.toBe(code);
    expect(codes.redeem(code)).toStrictEqual({ kind: 'ok', requestId: 'one' });
    expect(codes.redeem(code)).toStrictEqual({ kind: 'used' });
    expect(codes.redeem(codes.issue('three', Date.now()))).toStrictEqual({ kind: 'late' });
    for (const unknown of ['', code.slice(1), `${other} `]) {
      expect(codes.redeem(unknown)).toStrictEqual({ kind: 'unknown' });
    }
    expect(codes.redeem(other)).toStrictEqual({ kind: 'ok', requestId: 'two' });
  });
});

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: CmkError) => error.code,
  );

describe('the port of the page on loopback', () => {
  it('is not available to all that ask for it while it fails to open', async () => {
    const port = new LoopbackPort(
      () => Promise.reject(new CmkError('invalid_settings', 'No address.')),
      () => new MemoryStore(),
    );
    const opened = await Promise.all([codeOf(port.open()), codeOf(port.open())]);
    expect(opened).toStrictEqual(['approval_unavailable', 'approval_unavailable']);
  });

  it('names itself, not a setting of the server over HTTP, where it closes a connection', async () => {
    const lines: string[] = [];
    const listener = await listen(() => new Response(), {
      flag: 'the approval page',
      address: { host: '127.0.0.1', port: 0 },
      timeoutMs: 10_000,
      connections: 1,
      log: (line) => void lines.push(line),
    });
    const open = () =>
      once(
        connect(Number(new URL(listener.origin).port), '127.0.0.1').on('error', () => {}),
        'connect',
      );
    onTestFinished(() => listener.destroy());
    await open();
    await open();
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(lines[0]).toBe('closed a connection: 1 are open, the most that the approval page allows');
  });
});

describe('the store of the page on loopback', () => {
  const opens = async () => {};

  it('takes one request of a command, and no other after it', async () => {
    const store = new LoopbackStore({ once: true, onCreated: opens });
    const first = newRecord({ lifetimeMs: 1 });
    await store.request(first);
    await vi.waitFor(async () => expect((await store.get(first.id))?.state).toBe('expired'));
    expect(await codeOf(store.request({ ...newRecord(), plan: first.plan }))).toBe('approval_timed_out');
    expect(await codeOf(store.request({ ...newRecord(), plan: 'another' }))).toBe('approval_stale');
    expect(await store.list()).toHaveLength(1);
  });

  it('takes more of a server, until it ends', async () => {
    const store = new LoopbackStore({ once: false, onCreated: opens });
    await store.request({ ...newRecord(), plan: 'one' });
    await store.request({ ...newRecord(), plan: 'two' });
    store.refuseMore();
    expect(await codeOf(store.request({ ...newRecord(), plan: 'three' }))).toBe('approval_unavailable');
  });

  it('keeps no request that nobody can be shown', async () => {
    const failure = new CmkError('approval_unavailable', 'No port.');
    const store = new LoopbackStore({ once: false, onCreated: () => Promise.reject(failure) });
    const record = newRecord();
    expect(await codeOf(store.request(record))).toBe('approval_unavailable');
    expect((await store.get(record.id))?.state).toBe('withdrawn');
  });
});
