import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { READS, WRITES } from '../fixtures/calls.ts';
import { auditLines, CLIENTS, TOKEN } from '../fixtures/harness.ts';
import { startRaw } from '../fixtures/raw.ts';
import { CMKS, ID, KEY, looks, startScriptedApi } from '../fixtures/scripted-api.ts';
import { openForSuite } from '../fixtures/suite.ts';

const OTHER = '99999999-1234-1234-1234-12345678abcd';
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe.each(CLIENTS)('attacks that once worked, through $title', ({ open }) => {
  const { api, client } = openForSuite(open, { client: {} });

  it.each(WRITES)('a 421 does not have %s sent again', async (tool, args) => {
    const { project, writes } = api.scene((seen) =>
      seen.method === 'GET' ? looks(seen) : [421, { message: 'misdirected' }],
    );
    const { error } = await client.call(tool, { project, ...args });
    // RFC 9110, 15.5.20: the server was not the one to ask, and did nothing.
    expect(error).toMatchObject({ code: 'bad_request', message: expect.stringContaining('misdirected') });
    expect(writes()).toHaveLength(1);
  });

  it.each([
    ['an API message', { project: '' }, `{"message":"bad \\u00${TOKEN.charCodeAt(0).toString(16)}${TOKEN.slice(1)}"}`],
    ['a long API message', { project: '' }, `${'x'.repeat(285)}${TOKEN}`],
    ['a long argument', { project: '', cmk_id: `${'x'.repeat(590)}${TOKEN}` }, ''],
    ['the name of an argument', { project: '', [`${'x'.repeat(50)}${TOKEN}`]: 1 }, ''],
  ])('%s that is cut within the token leaks no part of it', async (_case, args, body) => {
    const { project } = api.scene(() => [400, body]);
    const { payload } = await client.call('aiven_cmk_get', { cmk_id: ID, ...args, project });
    const record = () => client.audit().find((line) => line.project === project);
    await vi.waitFor(() => expect(record()).toBeDefined());
    const parts = Array.from(TOKEN, (_, at) => TOKEN.slice(at, at + 8)).filter((part) => part.length === 8);
    for (const part of parts) expect(JSON.stringify([payload, record()])).not.toContain(part);
  });

  it('a 404 of a gateway is no proof that a key is deleted', async () => {
    const { project, writes } = api.scene((seen) => {
      if (seen.method !== 'GET') return [503];
      return writes().length > 0 ? [404, '<html>no backend</html>'] : looks(seen);
    });
    const { error } = await client.call('aiven_cmk_delete', { project, cmk_id: ID, confirm_cmk_id: ID });
    expect(error?.code).toBe('outcome_unknown');
  });

  it('deep arguments are refused and recorded like any others', async () => {
    const { project } = api.scene(looks);
    const { error } = await client.call('aiven_cmk_get', { project, cmk_id: JSON.parse(nested(3_000)) });
    expect(error?.code).toBe('invalid_arguments');
    await vi.waitFor(() => expect(client.audit().at(-1)).toMatchObject({ outcome: 'invalid_arguments', project }));
  });

  it.each([65, 4_110, 9_000, 100_000])(
    'an answer nested %i deep is refused, and a write looked after',
    async (depth) => {
      const body = `{"cmk":{"id":"${ID}","x":${nested(depth)}},"cmks":[],"accessors":{"x":${nested(depth)}}}`;
      for (const [tool, args] of READS) {
        const { project } = api.scene(() => [200, body]);
        expect((await client.call(tool, { project, ...args })).error?.code).toBe('unexpected_response');
      }
      for (const [tool, args, undone] of WRITES) {
        const { project } = api.scene((seen) => (seen.method === 'GET' ? looks(seen) : [200, body]));
        expect((await client.call(tool, { project, ...args })).error?.code).toBe(undone);
      }
    },
  );

  it('a text cut within a character stays well-formed, as does one that came broken', async () => {
    const { project } = api.scene(() => [400, `{"message":"${'x'.repeat(298)}\u{1f600}\u{1f600} \\ud800"}`]);
    const { error } = await client.call('aiven_cmk_list', { project });
    expect(error?.message.isWellFormed()).toBe(true);
  });

  it('brackets in strings do not count as depth', async () => {
    const cmk = { ...KEY, note: `\\"${nested(500)}` };
    const { project } = api.scene(() => [200, { cmk }]);
    expect((await client.call('aiven_cmk_get', { project, cmk_id: ID })).payload).toStrictEqual({ cmk });
  });

  it('an answer about another key is refused', async () => {
    const { project } = api.scene(() => [200, { cmk: { ...KEY, id: OTHER } }]);
    expect((await client.call('aiven_cmk_get', { project, cmk_id: ID })).error?.code).toBe('unexpected_response');
    const { error } = await client.call('aiven_cmk_update', { project, cmk_id: ID, default_cmk: true });
    expect(error?.code).toBe('outcome_unknown');
    const { project: upper } = api.scene(() => [200, { cmk: KEY }]);
    expect((await client.call('aiven_cmk_get', { project: upper, cmk_id: ID.toUpperCase() })).isError).toBe(false);
  });
});

describe.concurrent('an end in the middle of a write', () => {
  const initialize = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } };

  it.each(['its output breaks', 'its input ends', 'it is told to stop'])(
    'when %s leaves the write uncut and recorded',
    async (how) => {
      const api = await startScriptedApi();
      const file = join(mkdtempSync(join(tmpdir(), 'aiven-cmk-end-')), 'audit');
      const raw = startRaw([], { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin, AIVEN_CMK_AUDIT_FILE: file });
      const exited = once(raw.child, 'exit');
      let cut = false;
      const { project } = api.scene((_seen, response) => {
        response.once('close', () => {
          cut = !response.writableFinished;
        });
        if (how === 'its input ends') raw.child.stdin.end();
        else if (how === 'it is told to stop') raw.child.kill('SIGTERM');
        else {
          raw.child.stdout.destroy();
          raw.send({ id: 3, method: 'tools/list' });
        }
        setTimeout(() => response.end(JSON.stringify({ cmk: KEY })), 400);
        return undefined;
      });
      await raw.ask('initialize', initialize);
      raw.child.stdin.on('error', () => {});
      const args = { project, cmk_id: ID, default_cmk: true };
      raw.send({ id: 2, method: 'tools/call', params: { name: 'aiven_cmk_update', arguments: args } });
      await exited;
      expect(cut).toBe(false);
      const lines = auditLines(readFileSync(file, 'utf8'));
      expect(lines).toMatchObject([
        { event: 'intent', request: expect.stringContaining(CMKS) },
        { event: 'call', outcome: 'ok' },
      ]);
      await api.close();
    },
  );

  it('writes the record of a call that has to be cut', async () => {
    const api = await startScriptedApi();
    const raw = startRaw([], { AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin });
    let stderr = '';
    raw.child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const exited = once(raw.child, 'close');
    const { project } = api.scene(() => {
      raw.child.stdin.end();
      return undefined;
    });
    await raw.ask('initialize', initialize);
    const args = { project, cmk_id: ID, default_cmk: true };
    raw.send({ id: 2, method: 'tools/call', params: { name: 'aiven_cmk_update', arguments: args } });
    await exited;
    expect(auditLines(stderr)).toMatchObject([{ event: 'intent' }, { event: 'call', outcome: 'cancelled' }]);
    await api.close();
  });

  it.each(['AIVEN_TOKEN', 'AIVEN_TOKEN_FILE'])('prints no token of %s when it crashes', async (variable) => {
    const file = join(mkdtempSync(join(tmpdir(), 'aiven-cmk-crash-')), 'token');
    writeFileSync(file, TOKEN);
    const code = `process.once('SIGUSR2',()=>{throw new Error('boom ${TOKEN}')})`;
    const env = { [variable]: variable === 'AIVEN_TOKEN' ? TOKEN : file };
    const raw = startRaw([], { ...env, NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(code)}"` });
    let stderr = '';
    raw.child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    await raw.ask('initialize', initialize);
    raw.child.kill('SIGUSR2');
    const [status] = await once(raw.child, 'close');
    expect(status).toBe(1);
    expect(stderr).toContain('boom [redacted]');
    expect(stderr).not.toContain(TOKEN);
  });

  it('has no token in the environment that a diagnostic report or a library would print', async ({
    onTestFinished,
  }) => {
    const code = `process.once('SIGUSR2',()=>process.stderr.write('env '+JSON.stringify(process.env)+process.report.writeReport('/dev/stderr')+'end\\n'))`;
    const preload = `--import "data:text/javascript,${encodeURIComponent(code)}"`;
    const raw = startRaw([], { AIVEN_TOKEN: TOKEN, AIVEN_AUTH_TOKEN: TOKEN, PATH: '/bin', NODE_OPTIONS: preload });
    onTestFinished(() => raw.close());
    let stderr = '';
    const printed = new Promise<void>((resolve) => {
      raw.child.stderr.on('data', (chunk) => {
        stderr += chunk;
        if (stderr.includes('end\n')) resolve();
      });
    });
    await raw.ask('initialize', initialize);
    raw.child.kill('SIGUSR2');
    await printed;
    expect(stderr).toContain('"PATH":"/bin"');
    expect(stderr).not.toContain(TOKEN);
  });

  it.for([[], ['--http', '0', '--sandbox']])(
    'opens no debugger when it is told to by SIGUSR1 (%j)',
    async (args, { onTestFinished }) => {
      const probe = createServer().listen(0, '127.0.0.1');
      await once(probe, 'listening');
      const { port } = probe.address() as AddressInfo; // The address of a server that listens on TCP.
      probe.close();
      const raw = startRaw(args, { AIVEN_TOKEN: TOKEN, NODE_OPTIONS: `--inspect-port=127.0.0.1:${port}` });
      onTestFinished(() => raw.close());
      let stderr = '';
      const told = new Promise<void>((resolve) => {
        raw.child.stderr.on('data', (chunk) => {
          stderr += chunk;
          if (/listening on http/.test(stderr)) raw.child.kill('SIGUSR1');
          if (/SIGUSR1|Debugger listening/.test(stderr)) resolve();
        });
      });
      if (args.length === 0) {
        await raw.ask('initialize', initialize);
        raw.child.kill('SIGUSR1');
      }
      await told;
      const connected = await new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1', () => resolve('connected')).on('error', () => resolve('refused'));
        socket.unref();
      });
      expect([connected, stderr]).toStrictEqual(['refused', expect.not.stringContaining('Debugger')]);
      raw.child.kill('SIGKILL');
    },
  );
});
