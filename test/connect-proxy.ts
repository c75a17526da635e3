import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** One tunnel that a client asked for. */
interface Tunnel {
  /** Host and port, as asked for. */
  readonly target: string;
  /** The user and password given, if any. */
  readonly user: string | undefined;
}

/** A real CONNECT proxy on loopback that remembers what passed. */
export interface ConnectProxy {
  readonly host: string;
  readonly tunnels: readonly Tunnel[];
  /** All that the client sent through tunnels, as the proxy sees it. */
  passed(): string;
  close(): Promise<void>;
}

/** Starts one that connects every tunnel to where `route` says, and answers with a status where that is a number. */
export async function startConnectProxy(route: (target: string) => URL | number): Promise<ConnectProxy> {
  const tunnels: Tunnel[] = [];
  const passed: Buffer[] = [];
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request, client, head) => {
    const target = request.url ?? '';
    const [, credentials] = /^Basic (.+)$/.exec(request.headers['proxy-authorization'] ?? '') ?? [];
    tunnels.push({ target, user: credentials && Buffer.from(credentials, 'base64').toString() });
    const to = route(target);
    client.on('error', () => {}); // A client may leave at any time.
    if (typeof to === 'number') return void client.end(`HTTP/1.1 ${to} Refused\r\n\r\n`);
    const outside = connect(Number(to.port), to.hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      outside.write(head);
      client.on('data', (chunk: Buffer) => passed.push(chunk));
      client.pipe(outside).pipe(client);
    });
    outside.on('error', () => client.destroy());
    client.on('close', () => outside.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels,
    passed: () => Buffer.concat(passed).toString('latin1'),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
