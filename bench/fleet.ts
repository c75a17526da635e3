import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startSandboxServer } from '../src/aiven/sandbox/http-server.ts';
import { openSandbox } from '../src/aiven/sandbox/sandbox.ts';
import { SANDBOX_TOKEN } from '../src/aiven/sandbox/token.ts';

/** The Aiven API that all replicas share: the sandbox on a loopback port, with a count of the writes it received. */
export interface Backend {
  readonly origin: string;
  /** How often each key identifier was sent in a registration, and each key id in a deletion. */
  readonly writes: Map<string, number>;
  close(): Promise<void>;
}

/** Starts the API. */
export async function startBackend(): Promise<Backend> {
  const sandbox = openSandbox({});
  const writes = new Map<string, number>();
  const { origin, server } = await startSandboxServer(async (request) => {
    const { method, url } = request;
    const subject =
      method === 'POST'
        ? ((await request.clone().json()) as { resource?: string }).resource
        : method === 'DELETE'
          ? url
          : undefined;
    if (subject) writes.set(subject, (writes.get(subject) ?? 0) + 1);
    return sandbox(request);
  }, 0);
  return {
    origin,
    writes,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The bearer token of the load. With a sign-in, replicas of one deployment accept each other's forms. */
export const CALLER_TOKEN = 'bench-caller-token';

let tokensFile: string | undefined;

/** Returns the file that lets the load sign in; it is removed when the bench ends. */
function writeTokens(): string {
  if (tokensFile !== undefined) return tokensFile;
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-tokens-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  tokensFile = join(folder, 'tokens');
  const hash = createHash('sha256').update(CALLER_TOKEN).digest('hex');
  writeFileSync(tokensFile, `bench cmk:read,cmk:write,cmk:delete ${hash}\n`);
  return tokensFile;
}

/** One replica of the built server; a restart keeps its port. */
export class Replica {
  #child: ChildProcess | undefined;
  readonly port: number;
  readonly #env: Record<string, string>;

  constructor(port: number, backend: Backend) {
    this.port = port;
    this.#env = {
      AIVEN_TOKEN: SANDBOX_TOKEN,
      AIVEN_API_ORIGIN: backend.origin,
      AIVEN_CMK_HTTP_TOKENS_FILE: writeTokens(),
      AIVEN_CMK_HTTP_PER_MINUTE: '1000000',
      AIVEN_CMK_HTTP_CONCURRENT: '10000',
    };
  }

  async start(): Promise<void> {
    const args = ['dist/cli.js', '--http', String(this.port)];
    const child = spawn(process.execPath, args, { env: this.#env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    for await (const line of createInterface(child.stderr)) if (line.includes('listening on')) break;
    child.stderr.resume();
  }

  /** Ends the replica, at once or as an upgrade does. */
  async stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (!this.#child) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }
}

/** Returns ports that no process listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createTcpServer());
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Starts nginx in front of the replicas: round robin, no affinity, and no retry of a request that a replica may have received. */
export async function startNginx(
  ports: readonly number[],
  at?: number,
): Promise<{ origin: string; stop(): Promise<void> }> {
  if (spawnSync('nginx', ['-v']).error) throw new Error('nginx is not installed: apt-get install nginx-light');
  const [free = 0] = await freePorts(1);
  const port = at ?? free;
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const servers = ports.map((each) => `server 127.0.0.1:${each} max_fails=0;`);
  const config = `
    daemon off; pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1;
    events { worker_connections 4096; }
    http {
      access_log off; ${temporary.join(' ')}
      upstream replicas { ${servers.join(' ')} keepalive 64; }
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://replicas; proxy_http_version 1.1; proxy_buffering off;
          proxy_set_header Connection ""; proxy_set_header Host localhost;
          proxy_next_upstream error; add_header X-Replica $upstream_addr always;
        }
      }
    }`;
  writeFileSync(join(folder, 'nginx.conf'), config);
  const nginx = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-p', folder], { stdio: 'ignore' });
  const origin = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 10_000;
  while (
    !(await fetch(`${origin}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (Date.now() > deadline) throw new Error('nginx did not start.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    origin,
    async stop() {
      const exited = once(nginx, 'exit');
      nginx.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
