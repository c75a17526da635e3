import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpServer, post, startHttp } from '../fixtures/http-harness.ts';

const tools = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };

describe('the port for metrics', () => {
  let server: HttpServer;
  beforeAll(async () => {
    server = await startHttp(['--sandbox', '--metrics', '127.0.0.1:0']);
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });
  const at = (path: string) => new URL(path, server.metricsOrigin);

  it('serves nothing else', async () => {
    expect(server.metricsOrigin).not.toBe(server.origin);
    expect((await fetch(at('/metrics'))).status).toBe(200);
    expect((await post(server.metricsOrigin, tools)).status).toBe(404);
    for (const path of ['/', '/healthz', '/readyz', '/metrics/x']) expect((await fetch(at(path))).status).toBe(404);
  });

  it('writes its text at most once a second, so that a flood of scrapes delays no caller', async () => {
    const from = performance.now();
    const pipelined = async () => {
      const socket = connect(Number(at('/').port), '127.0.0.1');
      const scrape = 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n';
      socket.write(`${`${scrape}\r\n`.repeat(99)}${scrape}Connection: close\r\n\r\n`);
      return (await text(socket)).split('HTTP/1.1 ').slice(1);
    };
    const answers = [...(await pipelined()), ...(await pipelined()), ...(await pipelined())];
    expect(answers).toHaveLength(300);
    const times = answers.map((answer) => /^process_cpu_seconds_total (\S+)/m.exec(answer)?.[1]);
    // One a second, and one that was written before.
    const most = 2 + Math.floor((performance.now() - from) / 1_000);
    expect(times).not.toContain(undefined);
    expect(new Set(times).size).toBeLessThanOrEqual(most);
  });

  it('is closed where it cannot be had, in one line, and takes the other with it', async () => {
    const taken = new URL(server.metricsOrigin).port;
    await expect(startHttp(['--sandbox', '--metrics', taken])).rejects.toThrow(/--metrics 127.0.0.1:\d+ .*EADDRINUSE/);
  });
});
