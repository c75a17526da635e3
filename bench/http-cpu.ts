import { cpuMs, lineOf, ours, type Program, script, start, stop } from './child.ts';
import { openHttp, pool, succeed } from './clients.ts';

/** An HTTP server to measure: how to start it, and a call that has it make one API call. */
export interface HttpServer {
  readonly program: (api: string) => Program;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tool: string;
  readonly args: object;
}

/** Ours, for anyone on loopback, and with limits that are out of the way. */
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

/** How many requests are under way at once. */
export const HTTP_IN_FLIGHT = 8;

/**
 * The processor time per `tools/call` of HTTP servers, in milliseconds, run by run and each in turn within a run. The API
 * and the client are processes of their own; the first run is for the machine code to be made and does not count.
 */
export async function measureHttpCpu(
  servers: readonly HttpServer[],
  runs: number,
  requests: number,
): Promise<readonly (readonly number[])[]> {
  const api = start(script('api.ts'));
  const origin = await lineOf(api.stdout, /^(http.*)$/);
  const children = servers.map(({ program }) => start(program(origin)));
  const clients: ReturnType<typeof openHttp>[] = [];
  try {
    for (const [index, child] of children.entries()) {
      const url = await lineOf(child.stderr, /listening on (http\S+)/);
      clients.push(openHttp(url, servers[index]?.headers));
    }
    const figures = servers.map(() => [] as number[]);
    for (let run = 0; run <= runs; run += 1) {
      for (const [index, { tool, args }] of servers.entries()) {
        const client = clients[index];
        const child = children[index];
        if (!client || !child) continue;
        const before = cpuMs(child.pid);
        await pool(requests, HTTP_IN_FLIGHT, () => succeed(client, tool, args));
        if (run > 0) figures[index]?.push((cpuMs(child.pid) - before) / requests);
      }
    }
    return figures;
  } finally {
    for (const client of clients) client.close();
    await Promise.all([...children, api].map(stop));
  }
}
