import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts, startNginx } from '../../bench/fleet.ts';
import { SANDBOX_TOKEN } from '../../src/aiven/sandbox/token.ts';
import { AUDIENCE, CLIENT_SECRET } from '../fixtures/oidc-provider.ts';
import { Api } from './api.ts';
import { ProcessTarget, type Target } from './target.ts';

/** Maximum number of requests of one caller in a minute, over all replicas. */
export const PER_MINUTE = 240;

/** Maximum time of a call, in milliseconds. */
export const DEADLINE_MS = 8_000;

/** People who may approve; two of them have to. */
export const APPROVERS = ['bob', 'carol', 'dave'];

const ENTRY = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** Lets a replica say how large its live heap is. */
const PROBE = ['--expose-gc', '--import', new URL('../../bench/heap-probe.mjs', import.meta.url).href];

/** Two replicas of the built program with what they use: nginx before them, Redis, an issuer and the API behind them. */
export interface Deployment {
  readonly origin: string;
  readonly api: Api;
  readonly replicas: readonly ProcessTarget[];
  readonly redis: ProcessTarget;
  readonly targets: readonly Target[];
  readonly auditFiles: readonly string[];
  /** What the replicas wrote to standard error. */
  readonly errors: () => string;
  stop(): Promise<void>;
}

/** Returns the bearer token of a caller of the load. */
export function tokenOf(caller: string): string {
  return createHash('sha256').update(`soak ${caller}`).digest('hex');
}

/** Starts a deployment for callers with these names. */
export async function startDeployment(callers: readonly string[]): Promise<Deployment> {
  const folder = mkdtempSync(join(tmpdir(), 'aiven-cmk-soak-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const [front = 0, one = 0, two = 0, redisPort = 0, issuerPort = 0] = await freePorts(5);
  const origin = `http://127.0.0.1:${front}`;
  const issuerUrl = `http://127.0.0.1:${issuerPort}`;
  const file = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const api = new Api();
  await api.start();
  const redis = redisTarget(redisPort, folder);
  const issuer = issuerTarget(issuerUrl, `${origin}/approvals/callback`);
  await Promise.all([redis.start(), issuer.start()]);
  const env = {
    AIVEN_TOKEN: SANDBOX_TOKEN,
    AIVEN_API_ORIGIN: api.origin,
    AIVEN_CMK_APPROVAL: 'page',
    AIVEN_CMK_APPROVER: 'other',
    AIVEN_CMK_APPROVALS_NEEDED: '2',
    AIVEN_CMK_PUBLIC_URL: `${origin}/mcp`,
    AIVEN_CMK_OIDC_ISSUER: issuerUrl,
    AIVEN_CMK_OIDC_AUDIENCE: AUDIENCE,
    AIVEN_CMK_OIDC_RESOURCE: AUDIENCE,
    AIVEN_CMK_OIDC_CLIENT_ID: 'page',
    AIVEN_CMK_OIDC_CLIENT_SECRET_FILE: file('secret', CLIENT_SECRET),
    AIVEN_CMK_OIDC_SCOPES: 'openid cmk:approve',
    AIVEN_CMK_HTTP_TOKENS_FILE: file('tokens', callers.map(tokenLine).join('')),
    AIVEN_CMK_SIGNING_KEY_FILE: file('key', 'a-signing-key-of-32-or-more-characters\n'),
    AIVEN_CMK_STORE_URL_FILE: file('store', `redis://127.0.0.1:${redisPort}\n`),
    AIVEN_CMK_HTTP_PER_MINUTE: String(PER_MINUTE),
    AIVEN_CMK_DEADLINE_MS: String(DEADLINE_MS),
    AIVEN_CMK_TIMEOUT_MS: '2000',
  };
  const ports = [one, two];
  const auditFiles = ports.map((_port, index) => join(folder, `audit-${index + 1}.jsonl`));
  const errors: string[] = [];
  const replicas = ports.map(
    (port, index) =>
      new ProcessTarget({
        name: `replica ${index + 1}`,
        command: process.execPath,
        args: [...PROBE, ENTRY, '--http', `${port}`],
        env: { ...env, AIVEN_CMK_AUDIT_FILE: auditFiles[index] ?? '' },
        works: () => isOk(`http://127.0.0.1:${port}/healthz`),
        // Audit lines are read from the file.
        onError: (chunk) => void errors.push(...chunk.split('\n').filter((line) => line && !line.startsWith('{'))),
      }),
  );
  await Promise.all(replicas.map((replica) => replica.start()));
  const nginx = await startNginx(ports, front);
  return {
    origin,
    api,
    replicas,
    redis,
    targets: [...replicas, redis, api, api.answers, issuer],
    auditFiles,
    errors: () => errors.join('\n'),
    async stop() {
      await nginx.stop();
      await Promise.all(replicas.map((replica) => replica.stop()));
      await Promise.all([redis.kill(), issuer.kill(), api.kill()]);
    },
  };
}

function redisTarget(port: number, folder: string): ProcessTarget {
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  return new ProcessTarget({
    name: 'redis',
    command: 'redis-server',
    args,
    async works() {
      const { createConnection } = await import('node:net');
      return new Promise((resolve) => {
        const socket = createConnection(port, '127.0.0.1', () => socket.write('PING\r\n'));
        socket.setTimeout(500, () => socket.destroy());
        socket.once('data', (chunk) => resolve(String(chunk).startsWith('+PONG'))).once('data', () => socket.destroy());
        socket.once('error', () => resolve(false)).once('close', () => resolve(false));
      });
    },
  });
}

function issuerTarget(url: string, redirectUri: string): ProcessTarget {
  const script = fileURLToPath(new URL('issuer.ts', import.meta.url));
  return new ProcessTarget({
    name: 'issuer',
    command: process.execPath,
    args: [...process.execArgv, script, new URL(url).port, redirectUri, ...APPROVERS],
    works: () => isOk(`${url}/.well-known/openid-configuration`),
  });
}

function tokenLine(caller: string): string {
  const hash = createHash('sha256').update(tokenOf(caller)).digest('hex');
  return `${caller} cmk:read,cmk:write,cmk:delete ${hash}\n`;
}

async function isOk(url: string): Promise<boolean> {
  return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok;
}
