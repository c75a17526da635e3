import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { CmkError } from '../../core/errors.ts';
import { closeQueuedResponses } from './queued-responses.ts';
import type { Address } from './settings.ts';

/** Interval at which idle connections are closed while a server closes, in milliseconds. */
const IDLE_CHECK_MS = 50;

/** Minimum time between two log lines about dropped connections, in milliseconds. */
const DROP_LINE_MS = 60_000;

/** The options of a server that listens. */
export interface ListenOptions {
  /** The flag of the address, or what else it is called, for messages. */
  readonly flag: string;
  readonly address: Address;
  /** Maximum time for a request to arrive, in milliseconds. */
  readonly timeoutMs: number;
  /** Maximum number of open connections; more are closed at once. */
  readonly connections: number;
  /** The variable that sets this number, if one does. */
  readonly connectionsVariable?: string;
  readonly log: (line: string) => void;
}

/** A server that listens. */
export interface Listener {
  readonly origin: string;
  /** Accepts no more connections, closes those that are idle, and resolves when all are closed. */
  drain(): Promise<void>;
  /** Closes all connections. */
  destroy(): void;
}

type FetchHandler = Parameters<typeof createAdaptorServer>[0]['fetch'];

/** Serves a handler over HTTP/1.1. @throws CmkError `invalid_settings` if the address cannot be listened on. */
export async function listen(fetch: FetchHandler, options: ListenOptions): Promise<Listener> {
  const { address, timeoutMs, connections, flag } = options;
  const { host, port } = address;
  const serverOptions = {
    headersTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    connectionsCheckingInterval: Math.min(timeoutMs, 1_000),
  };
  const server = createAdaptorServer({ fetch, serverOptions }) as Server; // The union has HTTP/2 servers, which only other options create.
  server.maxConnections = connections;
  closeQueuedResponses(server);
  const sockets = openSockets(server);
  logDrops(server, options);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host.replace(/^\[(.*)\]$/, '$1'), resolve);
  }).catch((cause) => {
    const message = `${flag} ${host}:${port} cannot be listened on (${cause.code}): it takes an address of this machine and a free port.`;
    throw new CmkError('invalid_settings', message, { cause });
  });
  const bound = server.address();
  return {
    origin: `http://${host}:${typeof bound === 'object' ? bound?.port : port}`,
    async drain() {
      const idle = setInterval(() => {
        server.closeIdleConnections();
        // Clients open connections that they may not use, which Node does not count as idle.
        for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
      }, IDLE_CHECK_MS);
      await new Promise((resolve) => server.close(resolve));
      clearInterval(idle);
    },
    destroy: () => server.closeAllConnections(),
  };
}

/** Returns the open connections. */
function openSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

function logDrops(server: Server, { connections, connectionsVariable, flag, log }: ListenOptions): void {
  let next = Number.NEGATIVE_INFINITY;
  server.on('drop', () => {
    if (performance.now() < next) return;
    next = performance.now() + DROP_LINE_MS;
    log(`closed a connection: ${connections} are open, the most that ${connectionsVariable ?? flag} allows`);
  });
}
