import { cpuMs, lineOf, ours, type Program, script, start, stop } from './child.ts';
import { type HttpClient, openHttp, pool, succeed } from './clients.ts';
import { WARM_UP } from './pace.ts';

/** An HTTP server to measure: how to start it, and a tool call for which it makes one API call. */
export interface HttpServer {
  readonly program: (api: string) => Program;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tool: string;
  readonly args: object;
}

/** This server, without sign-in and with limits that are never reached. */
export const OUR_HTTP: HttpServer = {
  program: (api) =>
    ours(['--http', '0', '--insecure-no-sign-in'], {
      AIVEN_API_ORIGIN: api,
      AIVEN_CMK_HTTP_PER_MINUTE: '1000000',
      AIVEN_CMK_HTTP_CONCURRENT: '10000',
    }),
  tool: 'aiven_cmk_list',
  args: { project: 'bench' },
};

/** Number of requests in flight, unless another is given. */
const HTTP_IN_FLIGHT = 8;

/**
 * Measures the processor time per `tools/call` of HTTP servers, in milliseconds, run by run and in turn within a run. The API
 * and the client are separate processes. Requests in which code is compiled come first and do not count.
 */
export async function measureHttpCpu(
  servers: readonly HttpServer[],
  runs: number,
  requests: number,
  inFlight = HTTP_IN_FLIGHT,
): Promise<readonly (readonly number[])[]> {
  const api = start(script('api.ts'));
  const origin = await lineOf(api.stdout, /^(http.*)$/);
  const children = servers.map(({ program }) => start(program(origin)));
  const clients: HttpClient[] = [];
  try {
    for (const [index, child] of children.entries()) {
      const url = await lineOf(child.stderr, /listening on (http\S+)/);
      clients.push(openHttp(url, servers[index]?.headers));
    }
    const times = servers.map(() => [] as number[]);
    for (let run = 0; run <= runs; run += 1) {
      for (const [index, { tool, args }] of servers.entries()) {
        const client = clients[index];
        const child = children[index];
        if (!client || !child) continue;
        const before = cpuMs(child.pid);
        await pool(run === 0 ? requests * WARM_UP : requests, inFlight, () => succeed(client, tool, args));
        if (run > 0) times[index]?.push((cpuMs(child.pid) - before) / requests);
        client.close(); // The server may close connections that are idle during the turns of others, just when one is used.
      }
    }
    return times;
  } finally {
    for (const client of clients) client.close();
    await Promise.all([...children, api].map(stop));
  }
}
