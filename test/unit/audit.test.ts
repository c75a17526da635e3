import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import { AuditLog } from '../../src/telemetry/audit.ts';
import { TOKEN } from '../fixtures/harness.ts';

function log() {
  const lines: string[] = [];
  const secret = new Secret(TOKEN);
  const audit = new AuditLog(
    async (line) => void lines.push(line),
    (text) => secret.redact(text),
  );
  return { audit, lines, last: () => JSON.parse(lines.at(-1) ?? '') };
}

describe('an audit line', () => {
  it('that cannot be written is counted where something depends on it', async () => {
    let failures = 0;
    const sink = () => Promise.reject(new Error('The disk is full.'));
    const audit = new AuditLog(
      sink,
      (text) => text,
      undefined,
      () => {
        failures += 1;
      },
    );
    await expect(audit.event('approval_vote', {})).rejects.toThrow('The disk is full.');
    expect(failures).toBe(1);
    await audit.note('completion', {});
    expect(failures).toBe(1); // Standard error that is not read is no failure where nothing depends on the line.
  });

  it('is written at once while no other call is in progress, and with those of the same turn while one is', async () => {
    const { audit, lines } = log();
    const caller = { id: 'x', client: 'x/1', name: 'x/1' };
    const open = () => audit.open('aiven_cmk_list', [], {}, { caller, supportsElicitation: false });
    const ok = { outcome: 'ok', http_status: 200, api_requests: 1 } as const;
    const ends = () => lines.map((text) => text.trimEnd().split('\n').length);
    const alone = open().end(ok);
    expect(ends()).toEqual([1]);
    await alone;
    const [first, second, third, last] = [open(), open(), open(), open()];
    const ended = [first.end(ok), second.end(ok)];
    await Promise.resolve();
    expect(ends()).toEqual([1]);
    await Promise.all(ended);
    expect(ends()).toEqual([1, 2]);
    const end = third.end(ok);
    await last.intend('DELETE /'); // Waits for nothing else, and keeps the order.
    expect(ends()).toEqual([1, 2, 1, 1]);
    await Promise.all([end, last.end(ok)]);
    expect(ends()).toEqual([1, 2, 1, 1, 1]);
  });

  it('names the caller, the issuer that vouches for it and the address it came from', async () => {
    const { audit, last } = log();
    const caller = {
      id: 'x',
      client: 'x/1',
      name: 'ada',
      issuer: 'https://login.example',
      address: '192.0.2.1',
      scopes: ['cmk:read'],
    };
    const record = audit.open('aiven_cmk_list', [], {}, { caller, supportsElicitation: true });
    await record.end({ outcome: 'ok', http_status: 200, api_requests: 1 });
    const { name, issuer, address } = caller;
    expect(last()).toMatchObject({ caller: name, issuer, address, client_supports_elicitation: true });
    expect(last()).not.toHaveProperty('scopes');
  });

  it('leaves out what is not known of the caller', async () => {
    const { audit, last } = log();
    await audit
      .open('aiven_cmk_list', [], {}, { caller: { id: 'x', client: 'x/1', name: 'x/1' }, supportsElicitation: false })
      .intend('PUT /');
    expect(last()).toMatchObject({ event: 'intent', caller: 'x/1', client_supports_elicitation: false });
    expect(Object.keys(last())).not.toEqual(expect.arrayContaining(['issuer']));
  });

  it('names five unknown arguments, however many there are, and looks at no more than one beyond them', async () => {
    const { audit, last } = log();
    let looked = 0;
    const names = Array.from({ length: 30_000 }, (_, index) => `name${index}`);
    const given = new Proxy(Object.fromEntries(names.map((name) => [name, 1])), {
      getOwnPropertyDescriptor(target, name) {
        looked += 1;
        return Reflect.getOwnPropertyDescriptor(target, name);
      },
    });
    const caller = { id: 'x', client: 'x/1', name: 'x/1' };
    await audit.open('aiven_cmk_list', ['project'], given, { caller, supportsElicitation: false }).intend('PUT /');
    expect(last().arguments).toStrictEqual({ unknown_arguments: names.slice(0, 5) });
    expect(looked).toBeLessThan(10);
  });

  it('notes what is no call, sanitized and without the token', async () => {
    const { audit, last, lines } = log();
    await audit.note('sign_in_refused', {
      address: '192.0.2.1',
      reason: `a\n\u001b[31m ${TOKEN}`,
      odd: { a: 1 },
      none: undefined,
    });
    expect(last()).toStrictEqual({
      time: expect.stringMatching(/^\d{4}-/),
      event: 'sign_in_refused',
      address: '192.0.2.1',
      reason: 'a [31m [redacted]',
      odd: '(not a plain value)',
    });
    expect(lines).toStrictEqual([expect.stringMatching(/^[^\n]*\n$/)]);
  });
});
