import { startSandboxServer } from '../../src/aiven/sandbox/http-server.ts';
import { openSandbox } from '../../src/aiven/sandbox/sandbox.ts';

/** An Aiven API on loopback. */
export interface Api {
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts the sandbox, in which a project `keys-N` has N keys that are always the same. */
export async function startApi(): Promise<Api> {
  const sandbox = openSandbox({});
  const lists = new Map<string, string>();
  const { origin, server } = await startSandboxServer(async (request) => {
    const [, count] = /project\/keys-(\d+)\//.exec(request.url) ?? [];
    if (count === undefined) return sandbox(request);
    const list = lists.get(count) ?? JSON.stringify({ cmks: keys(Number(count)) });
    lists.set(count, list);
    return new Response(list);
  }, 0);
  return {
    origin,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function keys(count: number): object[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `12345678-1234-4234-8234-${String(index).padStart(12, '0')}`;
    const time = '2026-01-02T03:04:05Z';
    return {
      id,
      provider: 'aws',
      resource: `arn:aws:kms:eu-west-1:123456789012:key/${id}`,
      default_cmk: index === 0,
      status: 'current',
      created_at: time,
      updated_at: time,
    };
  });
}
