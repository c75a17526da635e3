import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROGRAM, TOKEN } from '../fixtures/harness.ts';
import { startProgram } from '../fixtures/processes.ts';
import { apiForSuite } from '../fixtures/suite.ts';

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};
const list = (id: number, project = 'sandbox') => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name: 'aiven_cmk_list', arguments: { project } },
});
const lines = (...messages: object[]) => messages.map((message) => `${JSON.stringify(message)}\n`).join('');

describe.concurrent('the process', () => {
  const api = apiForSuite();
  function start(args: string[] = [], env: Record<string, string> = {}, program = PROGRAM) {
    const child = startProgram(args, env, { program });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      output.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output.stderr += chunk;
    });
    return { child, output };
  }

  const real = () => ({ AIVEN_TOKEN: TOKEN, AIVEN_API_ORIGIN: api.origin });

  it('answers all it was asked before its input ended, and ends with 0', async () => {
    const { child, output } = start(['--sandbox']);
    child.stdin.end(lines(INITIALIZE, list(2), list(3)));
    const [code] = await once(child, 'close');
    const answered = output.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    expect({ code, answered: answered.sort() }).toStrictEqual({ code: 0, answered: [1, 2, 3] });
  });

  it.each(['the end of its input', 'SIGTERM'])('ends soon after %s though the API does not answer', async (how) => {
    const { child } = start([], real());
    await new Promise<void>((resolve) => {
      const { project } = api.scene(() => void resolve());
      child.stdin.write(lines(INITIALIZE, list(2, project)));
    });
    if (how === 'SIGTERM') child.kill('SIGTERM');
    else child.stdin.end();
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
  });

  it('ends soon after the end of its input though nobody reads its output', async () => {
    const { child } = start(['--sandbox']);
    child.stdout.removeAllListeners('data').pause();
    const many = Array.from({ length: 150 }, (_, id) => list(id + 2));
    child.stdin.write(lines(INITIALIZE, ...many), () => child.stdin.end());
    await once(child, 'exit');
  });

  it('gives what is under way less time than the two seconds after which hosts kill it', () => {
    // Said by the program's own limits, since a clock would tell of the machine.
    const files = ['src/server/stdio.ts', 'src/app/commands/serve.ts', 'src/app/program.ts'];
    const limits = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^const (\w+)_MS = ([\d_]+);/gm)].map(
        ([, name, limit = '']) => [name, Number(limit.replaceAll('_', ''))] as const,
      ),
    );
    const limit = (name: string) => limits.find(([each]) => each === name)?.[1] ?? Number.NaN;
    expect(limit('DRAIN') + limit('RECORD') + limit('SERVED')).toBeLessThan(2_000);
    // Telemetry is exported in what is left of the time for calls.
    expect(limit('STDIO_END')).toBeLessThanOrEqual(limit('DRAIN') + limit('RECORD'));
  });

  it('ends when nobody reads its output any more', async () => {
    const { child } = start(['--sandbox']);
    child.stdin.on('error', () => {}); // The pipe breaks as the process ends.
    child.stdin.write(lines(INITIALIZE));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stdin.write(lines(list(2)));
    await once(child, 'exit');
  });

  it('calls nothing at start, and two processes start side by side', async () => {
    const pair = [start([], real()), start([], real())];
    for (const { child } of pair) child.stdin.write(lines(INITIALIZE, { jsonrpc: '2.0', id: 2, method: 'tools/list' }));
    await Promise.all(pair.map(({ child }) => once(child.stdout, 'data')));
    expect(api.stray).toHaveLength(0);
    for (const { child } of pair) child.stdin.end();
    await Promise.all(pair.map(({ child }) => once(child, 'close')));
  });

  it('says that it must be restarted when it was upgraded or removed while it ran', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-'));
    cpSync(dirname(PROGRAM), join(folder, 'dist'), { recursive: true });
    cpSync('package.json', join(folder, 'package.json'));
    const { child, output } = start(['--sandbox'], {}, join(folder, 'dist/cli.js'));
    child.stdin.write(lines(INITIALIZE));
    await once(child.stdout, 'data');
    const parts = readdirSync(join(folder, 'dist')).filter((name) => name.startsWith('lazy'));
    expect(parts.length).toBeGreaterThan(0);
    for (const part of parts) rmSync(join(folder, 'dist', part));
    child.stdin.end(lines(list(2)));
    await once(child, 'close');
    const answer = output.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .find(({ id }) => id === 2);
    expect(answer.result).toMatchObject({ isError: true, structuredContent: { error: { code: 'restart_needed' } } });
    rmSync(folder, { recursive: true });
  });

  it('writes nothing but protocol messages to standard output, whatever it is sent', async () => {
    const { child, output } = start(['--sandbox']);
    const garbage = [
      '{',
      'null',
      '[]',
      '"x"',
      '{"jsonrpc":"2.0"}',
      '\u0000',
      '{"jsonrpc":"2.0","id":9,"method":"no/such"}',
    ];
    child.stdin.end(`${lines(INITIALIZE)}${garbage.join('\n')}\n${lines(list(2))}`);
    await once(child, 'close');
    const messages = output.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const message of messages) expect(message.jsonrpc).toBe('2.0');
    expect(messages.map(({ id }) => id)).toEqual(expect.arrayContaining([1, 2, 9]));
  });
});
