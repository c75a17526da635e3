import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { startProgram } from '../fixtures/processes.ts';

describe('a message that is too long', () => {
  let child: ChildProcessWithoutNullStreams;
  afterEach(() => child.kill('SIGKILL'));

  const call = (id: number, project: string) =>
    `${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'aiven_cmk_list', arguments: { project } } })}\n`;

  it.each([
    ['just over the limit', 4 * 1024 * 1024],
    ['over what the SDK takes', 11 * 1024 * 1024],
  ])('is dropped, %s, and the connection goes on', async (_case, size) => {
    child = startProgram(['--sandbox']);
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } };
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
    expect(JSON.parse((await lines.next()).value)).toMatchObject({ id: 1 });
    child.stdin.write(call(2, 'x'.repeat(size)));
    child.stdin.write(call(3, 'sandbox'));
    expect(JSON.parse((await lines.next()).value)).toMatchObject({ id: 3, result: { structuredContent: {} } });
    child.stdin.end();
    expect((await once(child, 'close'))[0]).toBe(0);
    expect(stderr.match(/was dropped/g)).toHaveLength(1);
  });
});
