import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fetch } from '../fetch/fetch.ts';

/** Serves a sandbox on a loopback port, for `curl`, `avn` or Terraform. Port 0 selects a free port. */
export async function startSandboxServer(sandbox: Fetch, port: number): Promise<{ origin: string; server: Server }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = 'GET', url = '/', headers } = request;
    const body = Buffer.concat(chunks);
    const authorization = headers.authorization ?? '';
    const init = { method, headers: { authorization }, ...(body.length > 0 && method !== 'GET' && { body }) };
    try {
      const result = await sandbox(new Request(new URL(url, 'https://sandbox.invalid'), init));
      response.writeHead(result.status, { 'content-type': 'application/json' }).end(await result.text());
    } catch {
      response.destroy(); // A lost response closes the connection.
    }
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
